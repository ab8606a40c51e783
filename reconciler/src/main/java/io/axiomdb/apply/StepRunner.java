package io.axiomdb.apply;

import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Secret;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.host.Access;
import io.axiomdb.host.AccessObservation;
import io.axiomdb.host.CopyWay;
import io.axiomdb.plan.Step;
import io.axiomdb.plan.Step.SetPasswords.Target;
import io.axiomdb.port.CertificateAuthority;
import io.axiomdb.port.DumpCopy;
import io.axiomdb.port.HostFiles;
import io.axiomdb.port.HostWriter.HostFailure;
import io.axiomdb.port.HostWriter.Session;
import io.axiomdb.port.PasswordHasher;
import io.axiomdb.port.SecretStore;
import io.axiomdb.port.SecretStore.StoredSecret;
import io.axiomdb.registry.Credential;
import io.axiomdb.registry.CredentialKey;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;

/** Performs steps: the only place where a plan's data becomes an effect on a host. */
public final class StepRunner {
    private static final int DRAWN_BYTES = 8;

    private final String organization;
    private final SecretStore secrets;
    private final PasswordHasher hasher;
    private final SecureRandom random;
    private final HostFiles files;
    private final CertificateAuthority authority;
    private final Supplier<Instant> now;

    /**
     * Ready to perform steps for one organization.
     *
     * @param now the control plane's clock
     */
    public StepRunner(
            String organization,
            SecretStore secrets,
            PasswordHasher hasher,
            SecureRandom random,
            HostFiles files,
            CertificateAuthority authority,
            Supplier<Instant> now) {
        this.organization = organization;
        this.secrets = secrets;
        this.hasher = hasher;
        this.random = random;
        this.files = files;
        this.authority = authority;
        this.now = now;
    }

    /**
     * What came of a step.
     *
     * @param credentials new versions that the host now has
     * @param left what could not be made as a person would expect, in words
     * @param notices foreign things that decide in addition to what was made
     */
    record Done(List<Credential> credentials, List<String> left, List<Diagnostic> notices) {
        private static final Done NOTHING_MORE = new Done(List.of(), List.of(), List.of());

        private static Done of(List<Credential> credentials) {
            return new Done(credentials, List.of(), List.of());
        }
    }

    /**
     * Performs one step.
     *
     * @param making what its change makes
     */
    Done perform(Step step, OpenHost host, Making making) throws HostFailure {
        return switch (step) {
            case Step.Sql sql -> {
                host.session().transaction(sql.database(), sql.statements());
                yield Done.NOTHING_MORE;
            }
            case Step.SqlAlone alone -> {
                host.session().alone(alone.database(), alone.statement());
                yield Done.NOTHING_MORE;
            }
            case Step.MakeRoles roles -> {
                SortedMap<String, RoleKind> made = roles.made();
                host.session()
                        .makeRoles(
                                roles.statements(),
                                new TreeSet<>(made.keySet()),
                                numbers -> making.roles(made, numbers));
                yield Done.NOTHING_MORE;
            }
            case Step.NoteDatabase note -> {
                making.database(note.database(), host.session().numberOf(note.database()));
                yield Done.NOTHING_MORE;
            }
            case Step.Copy copy -> {
                copy(copy, host);
                yield Done.NOTHING_MORE;
            }
            case Step.RunScript script -> {
                script(script, host.session());
                yield Done.NOTHING_MORE;
            }
            case Step.RefreshDerived derived ->
                new Done(
                        List.of(),
                        host.session()
                                .refreshDerived(
                                        derived.database(),
                                        derived.login(),
                                        passwordFor(derived.login(), host.session()),
                                        derived.role()),
                        List.of());
            case Step.SetPasswords passwords -> Done.of(setPasswords(passwords, host.session()));
            case Step.CarryPasswords carry -> Done.of(carry(carry));
            case Step.SetAccess(String _, Access access) -> {
                yield new Done(List.of(), List.of(), files.setAccess(host.host(), organization, host.lease(), access));
            }
            case Step.SetCertificate certificate -> {
                setCertificate(certificate, host);
                yield Done.NOTHING_MORE;
            }
        };
    }

    /** Digits that nobody can guess. */
    String draw() {
        byte[] bytes = new byte[DRAWN_BYTES];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private void copy(Step.Copy step, OpenHost host) throws HostFailure {
        switch (step.way()) {
            case CopyWay.Template template -> host.session().copy(step.from(), step.to(), template);
            case CopyWay.Dump(CopyWay.Place place, boolean schemaOnly) -> {
                Secret password = passwordFor(step.login(), host.session());
                DumpCopy copy = new DumpCopy(step.from(), step.to(), schemaOnly, step.login(), password, step.owner());
                host.session().blank(copy);
                switch (place) {
                    case HOST -> files.copy(host.host(), organization, host.lease(), copy);
                    case HERE -> host.session().restore(copy);
                }
                host.session().closeRoutines(copy);
            }
        }
    }

    private void script(Step.RunScript step, Session session) throws HostFailure {
        Secret password = passwordFor(step.login(), session);
        if (step.asserts()) {
            session.assertion(step.database(), step.login(), password, step.role(), step.file(), step.sql());
        } else {
            session.script(step.database(), step.login(), password, step.role(), step.sql());
        }
    }

    /** For a login that is dropped again within the same change; nobody keeps it. */
    private Secret passwordFor(String login, Session session) throws HostFailure {
        Secret password = PasswordGenerator.generate(random);
        session.setVerifiers(new TreeMap<>(Map.of(login, hasher.verifier(password))));
        return password;
    }

    /** The request is read again now: the host may have made another key since the plan. */
    private void setCertificate(Step.SetCertificate step, OpenHost host) throws HostFailure {
        if (step.files() != null) {
            files.setCertificate(host.host(), organization, host.lease(), step.files());
            return;
        }
        if (!(files.look(host.host(), organization) instanceof AccessObservation.Seen seen)
                || seen.certificate() == null) {
            throw new HostFailure("", "the host shows no certificate request; axm doctor says why", null);
        }
        String chain = authority.sign(seen.certificate().request(), step.names(), now.get());
        files.setCertificate(host.host(), organization, host.lease(), chain);
    }

    /** New passwords are in the secret store before the host hears of them. */
    private List<Credential> setPasswords(Step.SetPasswords step, Session session) throws HostFailure {
        SortedMap<String, Secret> verifiers = new TreeMap<>();
        List<StoredSecret> made = new ArrayList<>();
        for (Target target : step.targets()) {
            StoredSecret secret = target.restore() ? stored(target.credential()) : make(target.credential());
            verifiers.put(target.role(), secret.verifier());
            if (!target.restore()) {
                made.add(secret);
            }
        }
        List<Credential> pending = made.isEmpty() ? List.of() : secrets.putPending(organization, made);
        session.setVerifiers(verifiers);
        return pending;
    }

    /** A verifier does not hold the name of its role, so it stays the one that the host has. */
    private List<Credential> carry(Step.CarryPasswords step) {
        List<StoredSecret> carried = new ArrayList<>();
        step.keys()
                .forEach((from, to) -> secrets.current(organization, from)
                        .ifPresent(secret -> carried.add(new StoredSecret(to, secret.password(), secret.verifier()))));
        return carried.isEmpty() ? List.of() : secrets.putPending(organization, carried);
    }

    private StoredSecret make(CredentialKey key) {
        Secret password = PasswordGenerator.generate(random);
        return new StoredSecret(key, password, hasher.verifier(password));
    }

    private StoredSecret stored(CredentialKey key) throws HostFailure {
        return secrets.current(organization, key)
                .orElseThrow(() -> new HostFailure("", "the secret store holds no password of " + key, null));
    }
}
