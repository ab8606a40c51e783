package io.axiomdb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheableJarsTest {
    @TempDir
    private Path directory = Path.of("");

    @Test
    void rewritten_classes_are_newer_and_still_work() throws Exception {
        Path jar = copy("picocli.CommandLine");
        CacheableJars.main(new String[] {jar.toString()});
        try (JarFile read = new JarFile(jar.toFile());
                InputStream bytes = read.getInputStream(read.getJarEntry("picocli/CommandLine.class"))) {
            assertThat(ClassFile.of().parse(bytes.readAllBytes()).majorVersion())
                    .isEqualTo(ClassFile.JAVA_8_VERSION);
        }
        try (URLClassLoader own =
                new URLClassLoader(new URL[] {jar.toUri().toURL()}, ClassLoader.getPlatformClassLoader())) {
            for (String name : new String[] {"picocli.CommandLine", "picocli.CommandLine$Interpreter"}) {
                assertThat(Class.forName(name, true, own).getDeclaredMethods()).isNotEmpty();
            }
        }
    }

    @Test
    void signatures_go_and_everything_else_stays() throws Exception {
        Path jar = copy("org.eclipse.jgit.lib.Repository");
        long before = entries(jar, false);
        assertThat(entries(jar, true)).isGreaterThan(before);
        CacheableJars.main(new String[] {jar.toString()});
        assertThat(entries(jar, true)).isEqualTo(before);
    }

    private Path copy(String type) throws Exception {
        Path jar = Path.of(Class.forName(type)
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        return Files.copy(jar, directory.resolve("library.jar"));
    }

    private static long entries(Path jar, boolean signatures) throws Exception {
        try (JarFile read = new JarFile(jar.toFile())) {
            return Collections.list(read.entries()).stream()
                    .map(JarEntry::getName)
                    .filter(name -> signatures || !name.matches("META-INF/[^/]+\\.(SF|RSA|DSA|EC)"))
                    .count();
        }
    }
}
