package io.axiomdb.crash;

import io.axiomdb.compile.CopyNames;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.plan.Change;
import io.axiomdb.plan.Drawn;
import io.axiomdb.plan.Plan;
import io.axiomdb.plan.Step;
import io.axiomdb.plan.Undo;
import io.axiomdb.port.ControlPlane.Note;
import io.axiomdb.port.ControlPlane.Outcome;
import io.axiomdb.port.SecretStore.StoredSecret;
import io.axiomdb.registry.CredentialKey;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Names calls so that they have the same name in each run: a step by its change and number, all else by what it is about. */
public final class Labels {
    /** Ids of the registry, names of what is retained, and of databases that are being made. */
    private static final Pattern GENERATED =
            Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<=axm_del_)[0-9a-f]{32}"
                    + "|(?<=axm_new_)[0-9a-f]{16}|(?<=axm_run_)[0-9a-f]{16}");

    private final Map<Object, Place> steps = new HashMap<>();
    private final Map<Place, String> statements = new HashMap<>();
    /** By the digits that were drawn, the branch whose database they name. */
    private final Map<String, String> drawn = new ConcurrentHashMap<>();
    /** By their place, the branches of steps that name what is to be drawn. */
    private final Map<Place, String> owners = new HashMap<>();

    private final String token;

    /**
     * For the calls of one apply.
     *
     * @param token what names of this run have in them and those of others have not
     */
    public Labels(Plan plan, String token) {
        this.token = token;
        for (Change change : plan.changes()) {
            add(change, "step ", change.steps());
            add(change, "undo ", change.undo().stream().map(Undo::step).toList());
        }
    }

    private void add(Change change, String word, List<Step> all) {
        for (int i = 0; i < all.size(); i++) {
            Step step = all.get(i);
            String kind = step.getClass().getSimpleName();
            String label = "%s, %s%d: %s (%s)".formatted(change.id(), word, i + 1, step.title(), kind);
            Place place = new Place(kind, i == all.size() - 1, common(label));
            String owner = new Drawn("0").in(step).equals(step)
                    ? ""
                    : change.registered().toString();
            steps.putIfAbsent(List.of(owner, key(step)), place);
            owners.putIfAbsent(place, owner);
            if (step instanceof Step.RunScript script) {
                add(script.login(), label, owner);
            }
            statements.putIfAbsent(place, statement(step));
        }
    }

    /** Before the script its login gets a password, as any role does. */
    private void add(String login, String label, String owner) {
        Place place = new Place(Step.SetPasswords.class.getSimpleName(), false, common(label + ", its login"));
        steps.putIfAbsent(List.of(owner, List.of("setVerifiers", new TreeSet<>(List.of(login)))), place);
        owners.putIfAbsent(place, owner);
        statements.putIfAbsent(place, login);
    }

    /** What the runner gives to a port for it. */
    private static Object key(Step step) {
        return switch (step) {
            case Step.Sql sql -> List.of("transaction", sql.database(), sql.statements());
            case Step.SqlAlone alone -> List.of("alone", alone.database(), alone.statement());
            case Step.MakeRoles roles -> List.of("makeRoles", roles.statements());
            case Step.NoteDatabase note -> List.of("note", note.database());
            case Step.SetPasswords passwords ->
                List.of(
                        "setVerifiers",
                        passwords.targets().stream()
                                .map(Step.SetPasswords.Target::role)
                                .collect(Collectors.toCollection(TreeSet::new)));
            case Step.Copy copy -> List.of("copy", copy.from(), copy.to());
            case Step.RunScript script ->
                List.of(script.asserts() ? "assertion" : "script", script.database(), script.login());
            case Step.RefreshDerived derived -> List.of("refreshDerived", derived.database(), derived.login());
            case Step.CarryPasswords carry -> carried(carry.keys().values());
            case Step.SetAccess _ -> "setAccess";
            case Step.SetCertificate _ -> "setCertificate";
        };
    }

    /** All steps. */
    public SortedSet<Place> places() {
        return new TreeSet<>(steps.values());
    }

    /** What comes over the wire for a step and for no other, without blanks around it; empty where nothing does. */
    String statement(Place step) {
        String planned = statements.getOrDefault(step, "");
        String owner = owners.getOrDefault(step, "");
        return drawn.entrySet().stream()
                .filter(entry -> entry.getValue().equals(owner))
                .map(entry -> CopyNames.of(entry.getKey()).in(planned))
                .findFirst()
                .orElse(planned);
    }

    private static String statement(Step step) {
        return switch (step) {
            case Step.Sql sql -> sql.statements().getFirst().strip();
            case Step.SqlAlone alone -> alone.statement().strip();
            case Step.MakeRoles roles -> roles.statements().getFirst().strip();
            case Step.NoteDatabase _ -> "";
            case Step.SetPasswords passwords -> passwords.targets().getFirst().role();
            case Step.Copy copy -> "CREATE DATABASE \"" + copy.to() + "\"";
            case Step.RunScript script -> script.sql().strip();
            case Step.RefreshDerived _ -> "VACUUM (INDEX_CLEANUP ON, ANALYZE)";
            case Step.CarryPasswords _, Step.SetAccess _, Step.SetCertificate _ -> "";
        };
    }

    /** One call can be several places: outcomes are written as many at once as have gathered. */
    List<Place> of(String method, Object[] arguments) {
        return switch (method) {
            case "transaction", "alone", "copy", "script", "assertion", "refreshDerived" ->
                step(List.of(method, arguments[0], arguments[1]));
            case "makeRoles" -> step(List.of(method, arguments[0]));
            case "setVerifiers" -> step(List.of(method, new TreeSet<>(((Map<?, ?>) arguments[0]).keySet())));
            case "setAccess", "setCertificate" -> step(method);
            case "note" -> note((Note) arguments[1]);
            case "finish" ->
                ((Collection<?>) arguments[1])
                        .stream().map(outcome -> finish((Outcome) outcome)).toList();
            case "putPending" ->
                List.of(putPending(((Collection<?>) arguments[1])
                        .stream().map(secret -> ((StoredSecret) secret).key()).toList()));
            default -> List.of(Place.of(method, other(method, arguments)));
        };
    }

    /** Passwords that are carried to another name are all that their step asks for. */
    private Place putPending(List<CredentialKey> keys) {
        Place carrying = steps.get(List.of("", carried(keys)));
        return carrying != null
                ? carrying
                : Place.of(
                        "putPending",
                        common("putPending "
                                + keys.stream().map(CredentialKey::toString).collect(Collectors.joining(", "))));
    }

    private List<Place> note(Note note) {
        return switch (note) {
            case Note.Begins(ResourceKey branch, String _, String name) -> {
                drawn.put(name.substring(name.length() - 16), branch.toString());
                yield List.of(Place.of("noteBegins", common("begins to make a database for " + branch)));
            }
            case Note.Roles(ResourceKey branch, String _, SortedMap<RoleKind, Long> _) ->
                List.of(Place.of("noteRoles", common("numbers of the roles of " + branch)));
            case Note.Database(String name, String _, long _) -> step(List.of("note", name));
        };
    }

    private static Object carried(Collection<CredentialKey> keys) {
        return List.of("carry", new TreeSet<>(keys));
    }

    /** What was drawn is in the plan as a placeholder. */
    private List<Place> step(Object called) {
        String owner = "";
        Object key = called;
        for (Map.Entry<String, String> entry : drawn.entrySet()) {
            Object planned = planned(called, entry.getKey());
            if (!planned.equals(called)) {
                owner = entry.getValue();
                key = planned;
            }
        }
        Place place = steps.get(List.of(owner, key));
        if (place == null) {
            throw new IllegalStateException("a host was asked for what is in no step of the plan: " + key);
        }
        return List.of(place);
    }

    private static Object planned(Object called, String digits) {
        return switch (called) {
            case String text -> text.replaceAll("(axm_new_|axm_run_)" + digits, "$1<random>");
            case List<?> all -> all.stream().map(one -> planned(one, digits)).toList();
            case SortedSet<?> all ->
                all.stream().map(one -> planned(one, digits)).collect(Collectors.toCollection(TreeSet::new));
            default -> called;
        };
    }

    private Place finish(Outcome outcome) {
        return Place.of(
                "finish",
                common("finish " + outcome.entry().target() + " "
                        + outcome.entry().event()));
    }

    private String other(String method, Object[] arguments) {
        return common(Arrays.stream(arguments)
                .filter(String.class::isInstance)
                .map(text -> method.equals("acquire") && !text.toString().contains(token) ? "" : " " + text)
                .collect(Collectors.joining("", method, "")));
    }

    private String common(String label) {
        return GENERATED.matcher(label.replace(token, "*")).replaceAll("*");
    }
}
