package io.axiomdb.crash;

import io.axiomdb.plan.Change;
import io.axiomdb.plan.Plan;
import io.axiomdb.plan.Step;
import io.axiomdb.plan.Undo;
import io.axiomdb.port.ControlPlane.Outcome;
import io.axiomdb.port.SecretStore.StoredSecret;
import io.axiomdb.registry.CredentialKey;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Names calls so that they have the same name in each run: a step by its change and number, all else by what it is about. */
public final class Labels {
    /** Ids of the registry, names of what was set aside (an id and a moment), and of copies, which are hashed. */
    private static final Pattern GENERATED =
            Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<=axm_del_)[0-9a-f]{12}_[0-9]{14}"
                    + "|(?<=axm_new_)[0-9a-f]{16}|(?<=axm_run_)[0-9a-f]{16}");

    private final Map<Object, Place> steps = new HashMap<>();
    private final Map<Place, String> statements = new HashMap<>();
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
            steps.putIfAbsent(key(step), place);
            if (step instanceof Step.RunScript script) {
                add(script.login(), label);
            }
            statements.putIfAbsent(place, statement(step));
        }
    }

    /** Before the script its login gets a password, as any role does. */
    private void add(String login, String label) {
        Place place = new Place(Step.SetPasswords.class.getSimpleName(), false, common(label + ", its login"));
        steps.putIfAbsent(List.of("setVerifiers", new TreeSet<>(List.of(login))), place);
        statements.putIfAbsent(place, login);
    }

    /** What the runner gives to a port for it. */
    private static Object key(Step step) {
        return switch (step) {
            case Step.Sql sql -> List.of("transaction", sql.database(), sql.statements());
            case Step.SqlAlone alone -> List.of("alone", alone.database(), alone.statement());
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
        return statements.getOrDefault(step, "");
    }

    private static String statement(Step step) {
        return switch (step) {
            case Step.Sql sql -> sql.statements().getFirst().strip();
            case Step.SqlAlone alone -> alone.statement().strip();
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
            case "setVerifiers" -> step(List.of(method, new TreeSet<>(((Map<?, ?>) arguments[0]).keySet())));
            case "setAccess", "setCertificate" -> step(method);
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
        Place carrying = steps.get(carried(keys));
        return carrying != null
                ? carrying
                : Place.of(
                        "putPending",
                        common("putPending "
                                + keys.stream().map(CredentialKey::toString).collect(Collectors.joining(", "))));
    }

    private static Object carried(Collection<CredentialKey> keys) {
        return List.of("carry", new TreeSet<>(keys));
    }

    private List<Place> step(Object key) {
        Place place = steps.get(key);
        if (place == null) {
            throw new IllegalStateException("a host was asked for what is in no step of the plan: " + key);
        }
        return List.of(place);
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
