package io.axiomdb.cli.command;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A branch with its project: {@code shop/feature/auth}. */
record BranchPath(String project, String branch) {
    /** Reads one. */
    static final class Converter implements ITypeConverter<BranchPath> {
        @Override
        public BranchPath convert(String text) {
            int slash = text.indexOf('/');
            if (slash < 1 || slash == text.length() - 1) {
                throw new TypeConversionException("'" + text + "' is not PROJECT/BRANCH, such as shop/feature/auth");
            }
            return new BranchPath(text.substring(0, slash), text.substring(slash + 1));
        }
    }
}
