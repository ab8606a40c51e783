package io.axiomdb.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassElement;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Rewrites jars so that the AOT cache takes their classes; the launcher runs this once, before it makes the cache. It
 * refuses classes for Java 5, for which picocli is built (50 ms for every command), and classes of signed jars, as
 * JGit's is (80 ms). Code stays the same: old classes get the stack maps that Java 5 did not have, which the JVM verifies
 * as always; signatures are checked while the jar is read, here and once, instead of at every start.
 */
public final class CacheableJars {
    private static final int OLDEST_ACCEPTED = ClassFile.JAVA_8_VERSION;

    private static final Pattern SIGNATURE = Pattern.compile("META-INF/[^/]+\\.(SF|RSA|DSA|EC)");
    private static final ClassTransform VERSION = CacheableJars::version;

    private final ClassFile files;

    private CacheableJars(ClassLoader classes) {
        this.files = ClassFile.of(
                StackMapsOption.GENERATE_STACK_MAPS,
                ClassHierarchyResolverOption.of(ClassHierarchyResolver.ofResourceParsing(classes)
                        .orElse(ClassHierarchyResolver.defaultResolver())));
    }

    public static void main(String[] jars) throws IOException {
        for (String jar : jars) {
            rewrite(Path.of(jar));
        }
    }

    private static void rewrite(Path jar) throws IOException {
        Path rewritten = jar.resolveSibling(jar.getFileName() + ".new");
        try (URLClassLoader classes = new URLClassLoader(new URL[] {jar.toUri().toURL()});
                JarFile from = new JarFile(jar.toFile());
                OutputStream bytes = Files.newOutputStream(rewritten);
                ZipOutputStream to = new ZipOutputStream(bytes)) {
            CacheableJars cacheable = new CacheableJars(classes);
            for (JarEntry entry : Collections.list(from.entries())) {
                byte[] content = from.getInputStream(entry).readAllBytes();
                if (SIGNATURE.matcher(entry.getName()).matches()) {
                    continue;
                }
                ZipEntry copy = new ZipEntry(entry.getName());
                copy.setTime(entry.getTime());
                to.putNextEntry(copy);
                to.write(cacheable.entry(entry.getName(), content));
                to.closeEntry();
            }
        }
        Files.move(rewritten, jar, StandardCopyOption.REPLACE_EXISTING);
    }

    private byte[] entry(String name, byte[] bytes) {
        if (!name.endsWith(".class") || name.endsWith("module-info.class")) {
            return bytes;
        }
        ClassModel model = files.parse(bytes);
        return model.majorVersion() >= OLDEST_ACCEPTED
                ? bytes
                : files.transformClass(
                        model, VERSION.andThen(ClassTransform.transformingMethodBodies(CodeTransform.ACCEPT_ALL)));
    }

    private static void version(ClassBuilder builder, ClassElement element) {
        if (element instanceof ClassFileVersion) {
            builder.withVersion(OLDEST_ACCEPTED, 0);
        } else {
            builder.with(element);
        }
    }
}
