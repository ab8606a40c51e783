package io.axiomdb.load;

import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Source;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** Says in plain words why a text is no YAML; the parser's own words speak about its insides. */
final class SyntaxWords {
    private SyntaxWords() {}

    static Diagnostic of(String file, YamlEngineException e) {
        if (e instanceof MarkedYamlEngineException marked
                && marked.getProblemMark().isPresent()) {
            Mark mark = marked.getProblemMark().get();
            Source at = source(file, mark);
            String context = marked.getContext() == null ? "" : marked.getContext();
            String problem = marked.getProblem() == null ? "" : marked.getProblem();
            Words words = words(context, problem);
            // What was never closed is mended where it begins, not where the file ends.
            Source begin = marked.getContextMark().map(m -> source(file, m)).orElse(at);
            return Diagnostic.of(Code.SYNTAX, words.fromBegin ? begin : at, words.what, words.mend);
        }
        return Diagnostic.of(
                Code.SYNTAX, new Source(file, 0, 0, 1), "the text can't be taken apart", "check it with a YAML editor");
    }

    private static Source source(String file, Mark mark) {
        return new Source(file, mark.getLine() + 1, mark.getColumn() + 1, 1);
    }

    private static Words words(String context, String problem) {
        if (problem.contains("TAB")) {
            return new Words("a tab where a value or an indentation is", "indent with spaces");
        }
        if (problem.contains("mapping values are not allowed")) {
            return new Words("a colon where none can be", "check the indentation, or put the value in quotes");
        }
        if (problem.contains("could not find expected ':'")) {
            return new Words("a key without a colon", "write `key: value`, with a space behind the colon");
        }
        if (context.contains("quoted scalar")) {
            return new Words("a quote that is not closed", "close it on the same line", true);
        }
        if (context.contains("flow mapping")) {
            return new Words("a { that is not closed, or a comma missing", "write { key: value, key: value }", true);
        }
        if (context.contains("flow sequence")) {
            return new Words("a [ that is not closed, or a comma missing", "write [one, two]", true);
        }
        if (problem.contains("block end")) {
            return new Words("this line does not fit the indentation above", "align it with its neighbours");
        }
        if (problem.contains("cannot start any token")) {
            return new Words("a character that can't begin a value", "put the value in quotes");
        }
        return new Words("the text can't be taken apart from here on", "check quotes, brackets and indentation");
    }

    private record Words(String what, String mend, boolean fromBegin) {
        Words(String what, String mend) {
            this(what, mend, false);
        }
    }
}
