package io.axiomdb.adapter.git;

import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.storage.file.FileBasedConfig;
import org.eclipse.jgit.util.FS;
import org.eclipse.jgit.util.SystemReader;

/**
 * What JGit is told of the machine: that it has no settings but a repository's. To find the machine's settings JGit would
 * run the first git in PATH, in the current directory too, with every variable of the environment; and it would write a file
 * of its own into the user's home. Reading commits needs neither.
 */
final class RepositoryAlone extends SystemReader.Delegate {
    private RepositoryAlone(SystemReader machine) {
        super(machine);
    }

    /** Holds for the process, and does no more when called again. */
    static synchronized void holds() {
        SystemReader machine = SystemReader.getInstance();
        if (!(machine instanceof RepositoryAlone)) {
            SystemReader.setInstance(new RepositoryAlone(machine));
        }
    }

    @Override
    public FileBasedConfig openSystemConfig(Config parent, FS fs) {
        return new Nothing(parent, fs);
    }

    @Override
    public FileBasedConfig openUserConfig(Config parent, FS fs) {
        return new Nothing(parent, fs);
    }

    @Override
    public FileBasedConfig openJGitConfig(Config parent, FS fs) {
        return new Nothing(parent, fs);
    }

    /** Settings that stand in no file. */
    private static final class Nothing extends FileBasedConfig {
        Nothing(Config parent, FS fs) {
            super(parent, null, fs);
        }

        @Override
        public void load() {}

        @Override
        public void save() {}

        @Override
        public boolean isOutdated() {
            return false;
        }
    }
}
