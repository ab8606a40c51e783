package io.axiomdb;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.conditions.ArchConditions.onlyDependOnClassesThat;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Holds docs/architecture.md: who may know whom. */
class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.axiomdb");

    private static final String[] PURE = {"core", "desired", "host", "registry", "audit", "compile", "plan"};

    /** Each package with those it may use; whatever is not listed is forbidden (ADR 1, 2). */
    private static final Map<String, List<String>> MAY_USE = Map.ofEntries(
            Map.entry("core", List.of()),
            Map.entry("desired", List.of("core")),
            Map.entry("host", List.of("core")),
            Map.entry("registry", List.of("core", "desired", "host")),
            Map.entry("audit", List.of("core", "desired")),
            Map.entry("compile", List.of("core", "desired", "host")),
            Map.entry("plan", List.of("core", "desired", "host", "registry", "compile")),
            Map.entry("port", List.of("core", "desired", "host", "registry", "audit")),
            Map.entry("load", List.of("core", "desired", "port")),
            // It finds its way in a file by load's Layout, which alone knows the YAML library.
            Map.entry("edit", List.of("core", "desired", "load", "port")),
            // It writes what a file may hold, by the words and rules of those who read it.
            Map.entry(
                    "export",
                    List.of("core", "desired", "host", "compile", "load", "edit", "plan", "port", "registry")),
            Map.entry("login", List.of("core", "desired")),
            Map.entry("observe", List.of("core", "desired", "host", "port")),
            Map.entry("apply", List.of("core", "desired", "host", "registry", "audit", "plan", "port")),
            Map.entry(
                    "engine",
                    List.of(
                            "core",
                            "desired",
                            "host",
                            "registry",
                            "audit",
                            "compile",
                            "plan",
                            "port",
                            "observe",
                            "apply")));

    @TestFactory
    Stream<DynamicTest> imports_go_one_way() {
        return MAY_USE.keySet().stream()
                .sorted()
                .map(name -> DynamicTest.dynamicTest(name, () -> {
                    Stream<String> own = Stream.concat(Stream.of(name), MAY_USE.get(name).stream())
                            .map(other -> "io.axiomdb." + other + "..");
                    Stream<String> foreign = MAY_USE.keySet().stream()
                            .filter(other ->
                                    !other.equals(name) && !MAY_USE.get(name).contains(other))
                            .map(other -> "io.axiomdb." + other + "..");
                    String[] forbidden = Stream.concat(foreign, Stream.of("io.axiomdb.adapter.."))
                            .toArray(String[]::new);
                    noClasses()
                            .that()
                            .resideInAPackage("io.axiomdb." + name + "..")
                            .should()
                            .dependOnClassesThat()
                            .resideInAnyPackage(forbidden)
                            .because("it may use only " + own.toList())
                            .check(CLASSES);
                }));
    }

    @TestFactory
    Stream<DynamicTest> pure_packages_touch_nothing_outside() {
        return Stream.of(PURE)
                .map(name -> DynamicTest.dynamicTest(
                        name,
                        () -> classes()
                                .that()
                                .resideInAPackage("io.axiomdb." + name + "..")
                                .should(onlyDependOnClassesThat(resideInAPackage("io.axiomdb..")
                                        .or(resideInAPackage("java.lang.."))
                                        .or(resideInAPackage("java.util.."))
                                        .or(resideInAPackage("java.time"))
                                        .or(resideInAPackage("java.security"))
                                        .or(resideInAPackage("java.security.cert"))
                                        .or(assignableTo(InputStream.class))
                                        .or(resideInAPackage("java.nio.charset"))
                                        .or(resideInAPackage("java.math"))
                                        .or(resideInAPackage("org.jspecify.."))))
                                .check(CLASSES)));
    }

    @Test
    void pure_packages_have_no_clock() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        Stream.of(PURE).map(name -> "io.axiomdb." + name + "..").toArray(String[]::new))
                .should()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .check(CLASSES);
    }

    @Test
    void adapters_do_not_know_each_other() {
        slices().matching("io.axiomdb.adapter.(*)..")
                .should()
                .notDependOnEachOther()
                .check(CLASSES);
    }

    /** One home for each library (ADR 11). */
    @TestFactory
    Stream<DynamicTest> each_library_has_one_home() {
        Map<String, String> homes = Map.ofEntries(
                Map.entry("org.jdbi..", "io.axiomdb.adapter.controlplane.."),
                Map.entry("org.flywaydb..", "io.axiomdb.adapter.controlplane.."),
                Map.entry("com.zaxxer..", "io.axiomdb.adapter.controlplane.."),
                Map.entry("com.google.crypto.tink..", "io.axiomdb.adapter.secrets.."),
                Map.entry("org.bouncycastle..", "io.axiomdb.adapter.pki.."),
                Map.entry("org.eclipse.jgit..", "io.axiomdb.adapter.git.."),
                Map.entry("org.snakeyaml..", "io.axiomdb.load.."),
                Map.entry("com.networknt..", "io.axiomdb.load.."),
                Map.entry("net.schmizz..", "io.axiomdb.adapter.ssh.."),
                Map.entry("com.hierynomus..", "io.axiomdb.adapter.ssh.."),
                Map.entry("io.zonky..", "io.axiomdb.adapter.embedded.."));
        return homes.entrySet().stream()
                .map(home -> DynamicTest.dynamicTest(
                        home.getKey(),
                        () -> noClasses()
                                .that()
                                .resideOutsideOfPackage(home.getValue())
                                .should()
                                .dependOnClassesThat()
                                .resideInAPackage(home.getKey())
                                .check(CLASSES)));
    }

    /** Whoever opens a connection by itself sends a secret past the one door that protects it (ADR 21). */
    @Test
    void only_the_door_logs_in() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.axiomdb.login..")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("org.postgresql.PGProperty")
                .orShould()
                .dependOnClassesThat()
                .resideInAPackage("org.postgresql.ds..")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.sql.DriverManager")
                .orShould()
                .callConstructorWhere(target(owner(name("org.postgresql.jdbc.PgConnection"))))
                .check(CLASSES);
    }

    /** The schema is a tree of JSON, and so is what a host answers; nothing else in here needs trees. */
    @Test
    void json_trees_are_for_the_schema_and_the_hosts_answers() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.axiomdb.load..", "io.axiomdb.adapter.ssh..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("tools.jackson.databind..")
                .check(CLASSES);
    }

    /** The only door to changing hosts (ADR 2). */
    @Test
    void only_apply_and_engine_change_hosts() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "io.axiomdb.apply..", "io.axiomdb.engine..", "io.axiomdb.port..", "io.axiomdb.adapter..")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("io.axiomdb.port.HostWriter$Session")
                .check(CLASSES);
    }

    /** DefaultGrant is no default implementation: default privileges are PostgreSQL's own term. */
    @Test
    void names_say_what_things_are() {
        noClasses()
                .that()
                .doNotHaveSimpleName("DefaultGrant")
                .should()
                .haveSimpleNameEndingWith("Manager")
                .orShould()
                .haveSimpleNameEndingWith("Impl")
                .orShould()
                .haveSimpleNameEndingWith("Util")
                .orShould()
                .haveSimpleNameEndingWith("Utils")
                .orShould()
                .haveSimpleNameEndingWith("Helper")
                .orShould()
                .haveSimpleNameStartingWith("Default")
                .check(CLASSES);
    }
}
