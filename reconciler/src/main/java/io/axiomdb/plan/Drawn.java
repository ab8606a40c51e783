package io.axiomdb.plan;

import io.axiomdb.compile.CopyNames;

/**
 * The name that was drawn for a database that a change makes: what was reviewed has a placeholder in its place. Pure.
 *
 * @param digits random ones
 */
public record Drawn(String digits) {
    /** The database's name. */
    public String database() {
        return CopyNames.of(digits).database();
    }

    /** A step as it is performed. A script is its author's, and stays as it is. */
    public Step in(Step step) {
        return switch (step) {
            case Step.Sql sql ->
                new Step.Sql(
                        in(sql.title()),
                        in(sql.database()),
                        sql.statements().stream().map(this::in).toList());
            case Step.SqlAlone alone ->
                new Step.SqlAlone(in(alone.title()), in(alone.database()), in(alone.statement()));
            case Step.NoteDatabase note -> new Step.NoteDatabase(in(note.title()), in(note.database()));
            case Step.Copy copy ->
                new Step.Copy(in(copy.title()), copy.from(), in(copy.to()), copy.way(), in(copy.login()), copy.owner());
            case Step.RunScript script ->
                new Step.RunScript(
                        in(script.title()),
                        in(script.database()),
                        in(script.login()),
                        script.role(),
                        script.file(),
                        script.sql(),
                        script.asserts());
            case Step.RefreshDerived derived ->
                new Step.RefreshDerived(
                        in(derived.title()), in(derived.database()), in(derived.login()), derived.role());
            case Step.MakeRoles _,
                    Step.SetPasswords _,
                    Step.CarryPasswords _,
                    Step.SetAccess _,
                    Step.SetCertificate _ -> step;
        };
    }

    private String in(String text) {
        return CopyNames.of(digits).in(text);
    }
}
