package io.axiomdb.core;

import static io.axiomdb.core.Severity.ERROR;
import static io.axiomdb.core.Severity.WARNING;

/**
 * Every diagnostic's stable code. Numbers are never used again; docs/errors.md explains each, and a test holds the two
 * together. 01 the file's form, 02 its meaning, 03 references and environment, 04 control plane, 05 hosts, 06 guards,
 * 07 apply, 08 edits and commits.
 */
public enum Code {
    FILE_MISSING("AX0101", ERROR, "the file can't be read"),
    FILE_TOO_LARGE("AX0102", ERROR, "the file is too large"),
    NOT_UTF8("AX0103", ERROR, "the file is not UTF-8 text"),
    SYNTAX("AX0104", ERROR, "this is not YAML"),
    YAML_FEATURE("AX0105", ERROR, "a YAML feature that AxiomDB does not accept"),
    DUPLICATE_KEY("AX0106", ERROR, "the same key twice"),
    UNKNOWN_PROPERTY("AX0107", ERROR, "unknown property"),
    MISSING_PROPERTY("AX0108", ERROR, "a property is missing"),
    WRONG_TYPE("AX0109", ERROR, "a value of the wrong type"),
    BAD_VALUE("AX0110", ERROR, "a value that is not allowed here"),
    TOO_DEEP("AX0111", ERROR, "nested too deeply"),
    SCALAR_TOO_LONG("AX0112", ERROR, "a value is too long"),
    CONTROL_CHARACTER("AX0113", ERROR, "an invisible or control character"),
    INCLUDE("AX0114", ERROR, "an include can't be followed"),
    EMPTY_FILE("AX0115", ERROR, "the file declares nothing"),
    VERSION("AX0116", ERROR, "this version of the file format is not known"),
    TRANSFORM("AX0119", ERROR, "a script can't be read"),

    UNKNOWN_REFERENCE("AX0201", ERROR, "a reference to something that is not declared"),
    BRANCH_CYCLE("AX0202", ERROR, "branches that come from each other"),
    NAME_COLLISION("AX0203", ERROR, "two things have the same name on a host"),
    NAME_TOO_LONG("AX0204", ERROR, "a name is longer than 63 bytes"),
    RESERVED_NAME("AX0205", ERROR, "a name that PostgreSQL reserves"),
    BAD_CIDR("AX0206", ERROR, "not an address range"),
    DUPLICATE_RULE("AX0207", ERROR, "two rules say the same"),
    SHADOWED_RULE("AX0208", WARNING, "a rule that another one already covers"),
    CONFIRM_MISSING("AX0209", ERROR, "opening to the world is not confirmed"),
    WORLD_IN_RESTRICTED("AX0210", ERROR, "rules that let in the whole world in restricted mode"),
    EXPIRED("AX0211", WARNING, "an entry that has expired"),
    SECRET_IN_FILE("AX0212", ERROR, "a secret in the file"),
    BAD_SECRET_REF("AX0213", ERROR, "not a reference to a secret"),
    TLS_DISABLED("AX0214", ERROR, "encryption is off for a remote host"),
    NO_OWNER("AX0215", ERROR, "the organization would have no owner"),
    BAD_TIME("AX0216", ERROR, "not a time"),
    BAD_SCOPE("AX0217", ERROR, "scope and branch of a rule disagree"),
    BAD_SETTING("AX0218", ERROR, "a parameter that can't be set on a database"),
    BAD_URL("AX0219", ERROR, "not a PostgreSQL address"),
    NEEDS_SSH("AX0220", ERROR, "a property that works only with ssh"),
    EMBEDDED_SSH("AX0221", ERROR, "ssh for the server that AxiomDB brings along"),
    BAD_ADDRESS("AX0222", ERROR, "neither a host name nor an address"),
    BAD_HOST_KEY("AX0223", ERROR, "not a public key of a machine"),
    PASSWORD_UNUSED("AX0290", ERROR, "a password for a server that asks for none"),
    AUTH_NONE_FAR("AX0291", ERROR, "nothing proves the server"),

    SECRET_UNRESOLVED("AX0301", ERROR, "a secret can't be found"),
    SECRETS_KEY("AX0302", ERROR, "the key of the secret store can't be used"),
    HOME("AX0303", ERROR, "the data directory can't be used"),
    GIT("AX0304", ERROR, "the Git repository can't be read"),
    SECRET_FILE("AX0305", ERROR, "a file that no secret is read from"),
    REPOSITORY_UNCLEAR("AX0306", ERROR, "more than one Git repository could be meant"),
    KEY_NEEDS_OWNER("AX0307", ERROR, "only an owner makes a new key"),

    CONTROL_PLANE_UNREACHABLE("AX0401", ERROR, "the control plane can't be reached"),
    CONTROL_PLANE_BUSY("AX0402", ERROR, "another process uses the embedded control plane"),
    CONTROL_PLANE_NEWER("AX0403", ERROR, "the control plane belongs to a newer AxiomDB"),
    EMBEDDED_FAILED("AX0404", ERROR, "the embedded PostgreSQL does not start"),
    AUDIT_BROKEN("AX0405", ERROR, "the audit chain is broken"),
    LEASE_HELD("AX0406", ERROR, "another apply is under way"),
    LEASE_LOST("AX0407", ERROR, "the lease on the host was lost"),
    NOT_FOUND("AX0408", ERROR, "nothing of that name was applied"),
    CONTROL_PLANE_SCHEMA("AX0409", ERROR, "the control plane's schema can't be made or used"),
    CONTROL_PLANE_OLDER("AX0410", ERROR, "the control plane belongs to an older AxiomDB"),
    CONTROL_PLANE_FAILED("AX0411", ERROR, "the control plane's server reports an error"),
    CONTROL_PLANE_POOLER("AX0412", ERROR, "the control plane's address leads to a pooler"),
    BAD_ANCHOR("AX0413", ERROR, "this is no anchor of the audit trail"),
    OTHER_CONTROL_PLANE("AX0414", ERROR, "a host belongs to another control plane"),
    NO_ANCHOR("AX0415", WARNING, "the audit trail was not compared with a host"),
    CONTROL_PLANE_OLD("AX0416", ERROR, "the control plane is older than its hosts"),
    RESTORED_NEEDS_OWNER("AX0417", ERROR, "only an owner goes on over what hosts know"),
    WAITS_FOR_TAKEOVER("AX0418", WARNING, "what waits until hosts are taken over"),
    NOT_TAKEN_OVER("AX0419", WARNING, "what no host has of a lost control plane"),
    RETAINED_FOUND("AX0420", WARNING, "retained data of a lost control plane"),

    HOST_UNREACHABLE("AX0501", ERROR, "a host can't be reached"),
    HOST_REFUSES("AX0502", ERROR, "a host refuses the administrator"),
    HOST_NOT_SUPERUSER("AX0503", ERROR, "the administrator of a host is not a superuser"),
    HOST_VERSION("AX0504", ERROR, "this version of PostgreSQL is not supported"),
    HOST_STANDBY("AX0505", ERROR, "a host is a standby"),
    FOREIGN_OBJECT("AX0506", ERROR, "something of that name is there and AxiomDB did not make it"),
    DATABASE_UNREADABLE("AX0507", WARNING, "a database can't be looked into"),
    STRANGER_DATABASE("AX0508", WARNING, "an owner made a database of its own"),
    LEFT_BEHIND("AX0510", WARNING, "something stays behind on a host"),
    REPAIR_UNUSED("AX0511", WARNING, "a repair was named that nothing needs"),
    NEW_ORGANIZATION("AX0512", WARNING, "an organization that this control plane does not know"),
    KEPT_CHANGED("AX0515", ERROR, "what is kept can't be dropped as it is"),
    PASSWORD_UNKNOWN("AX0516", WARNING, "passwords that AxiomDB does not know"),
    OTHERS_OBJECTS("AX0517", WARNING, "objects that belong to none of a branch's roles"),
    ADOPT_UNUSED("AX0518", WARNING, "nothing to adopt"),
    SUPERUSER_ADOPTED("AX0519", WARNING, "a superuser is adopted"),
    RENAME_UNUSED("AX0520", WARNING, "a former name that nothing needs"),
    CLOCK_SKEW("AX0521", ERROR, "a host's clock is off"),
    POOLER_ROLE_MISSING("AX0522", WARNING, "the pooler's role is not there, or is not AxiomDB's"),
    PASSWORD_CLEARED("AX0523", WARNING, "a new name clears a password"),
    HOST_KEY("AX0530", ERROR, "a machine shows another key than the file names"),
    SSH_KEY("AX0531", ERROR, "a private key for SSH can't be used"),
    HOST_NOT_ENROLLED("AX0532", ERROR, "the host helper is not installed"),
    HOST_PROTOCOL("AX0533", ERROR, "the host helper speaks another protocol"),
    HOST_UNFIT("AX0534", ERROR, "a host can't be changed as it is"),
    HOST_FINDING("AX0535", WARNING, "something on a host that a person should know of"),
    DERIVED_LEFT("AX0536", WARNING, "a copy holds something that could not be refreshed"),
    NOT_SIGNED("AX0540", ERROR, "a server's certificate can't be signed"),
    HOST_FAILED("AX0541", ERROR, "a host's server reports an error"),
    HOST_POOLER("AX0542", ERROR, "an administrator's address leads to a pooler"),
    HOST_UNMARKED("AX0543", ERROR, "a host did not take the number of this apply"),
    HOST_IMPOSTOR("AX0545", ERROR, "a server asks for a password as an impostor would"),
    MD5_LOGIN("AX0546", WARNING, "a server gets MD5 answers"),
    NEW_ADDRESS("AX0547", ERROR, "an address that no secret was sent to yet"),
    LOCK_DATABASE_FOREIGN("AX0550", ERROR, "a database named axiomdb_lock is not AxiomDB's"),
    LOCK_DATABASE_REFUSED("AX0551", ERROR, "a host does not let the administrator into axiomdb_lock"),

    OBJECT_REPLACED("AX0570", ERROR, "something of a branch's was replaced by another thing of its name"),
    OBJECT_RENAMED("AX0571", ERROR, "something of a branch's was renamed outside AxiomDB"),
    OTHER_SERVER("AX0572", ERROR, "a host is another server than the one that was applied to"),
    UNFINISHED_FOREIGN("AX0573", WARNING, "a database is called like one that AxiomDB makes, and stands in no intent"),
    ACCEPT_UNUSED("AX0574", WARNING, "nothing to accept"),
    DATABASE_HELD("AX0580", WARNING, "something in a database keeps it from being renamed or dropped"),
    UNREGISTERED_BRANCH("AX0581", WARNING, "a branch on a host that the registry does not know"),
    RETAINED_DRIFT("AX0582", WARNING, "retained data is not as it was left"),
    MEMBERSHIP_NOT_BACK("AX0583", WARNING, "a membership that does not come back"),
    EVENT_TRIGGERS("AX0584", WARNING, "event triggers do not see what AxiomDB does"),

    DESTROY_CAP("AX0601", ERROR, "more removals than allowed"),
    PROTECTED("AX0602", ERROR, "a protected branch would be removed"),
    LAST_OWNER("AX0603", ERROR, "the last owner would be removed"),
    RAISE_NEEDS_OWNER("AX0604", ERROR, "raising a role needs an owner"),
    WOULD_MOVE("AX0605", ERROR, "this would move or rename a database"),
    PUBLIC_NEEDS_OWNER("AX0607", ERROR, "opening to the world needs an owner"),
    STALE_PLAN("AX0608", ERROR, "the plan is stale"),
    NOT_CONFIRMED("AX0609", ERROR, "nobody said yes"),
    LOCK_OUT_NAME("AX0611", ERROR, "a branch has a name that a host's own administration needs"),
    LOCK_OUT_SELF("AX0612", ERROR, "the control plane would be cut off from its own database"),
    CANNOT_COPY("AX0620", ERROR, "a parent can't be copied"),
    CANNOT_RESET("AX0621", ERROR, "a branch can't be reset"),
    COPY_WAITS("AX0622", WARNING, "sessions are in the way of a copy"),
    MASK_MISSING("AX0630", ERROR, "a branch would hold rows without a mask"),
    MASK_RULE_NEEDS_OWNER("AX0631", ERROR, "taking back masking: require needs an owner"),

    STEP_FAILED("AX0701", ERROR, "a step failed on the host"),
    STOPPED("AX0703", ERROR, "stopped on request"),
    VERIFIER_MISMATCH("AX0704", ERROR, "the server did not store the password as sent"),
    BLOCKED("AX0705", ERROR, "a part of the plan could not be applied"),

    EDIT_UNSAFE("AX0801", ERROR, "the file can't be edited safely"),
    ALREADY_DECLARED("AX0802", ERROR, "this is declared already"),
    NOT_DECLARED("AX0803", ERROR, "this is not declared"),
    FILE_CHANGED("AX0804", ERROR, "the file was changed meanwhile"),
    WRITE_FAILED("AX0805", ERROR, "the file can't be written"),
    UNCOMMITTED("AX0806", ERROR, "there are uncommitted changes"),
    COMMIT_FAILED("AX0807", ERROR, "the commit could not be made"),
    FILE_EXISTS("AX0808", ERROR, "the file is there already"),
    NO_SUCH_COMMIT("AX0809", ERROR, "there is no such commit"),
    NO_SUCH_CODE("AX0810", ERROR, "there is no such code");

    private final String id;
    private final Severity severity;
    private final String summary;

    Code(String id, Severity severity, String summary) {
        this.id = id;
        this.severity = severity;
        this.summary = summary;
    }

    /** Such as {@code AX0107}. */
    public String id() {
        return id;
    }

    public Severity severity() {
        return severity;
    }

    public String summary() {
        return summary;
    }
}
