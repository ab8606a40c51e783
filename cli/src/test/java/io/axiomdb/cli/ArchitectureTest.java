package io.axiomdb.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.axiomdb.cli");

    @Test
    void picocli_lives_in_command() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.axiomdb.cli.command..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("picocli..")
                .check(CLASSES);
    }

    @Test
    void views_are_pure() {
        noClasses()
                .that()
                .resideInAPackage("io.axiomdb.cli.view..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "java.io..",
                        "java.nio.file..",
                        "java.sql..",
                        "io.axiomdb.adapter..",
                        "io.axiomdb.cli.command..",
                        "io.axiomdb.cli.world..")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.lang.System")
                .orShould()
                .callMethod(Instant.class, "now")
                .check(CLASSES);
    }

    @Test
    void only_wiring_knows_adapters() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.axiomdb.cli")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.axiomdb.adapter..")
                .check(CLASSES);
    }

    @Test
    void packages_have_no_cycles() {
        slices().matching("io.axiomdb.cli.(*)..").should().beFreeOfCycles().check(CLASSES);
    }
}
