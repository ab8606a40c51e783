package io.axiomdb.lab;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test class with a lab of its own, up before its first test and down after its last; its methods take a {@link Lab} parameter.
 * Skipped, with the reason, where no lab can be: not root, or a machine that lets nobody make namespaces.
 */
@Tag("lab")
@ExtendWith(LabExtension.class)
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface LabTest {
    /** How many hosts: h1, h2 and so on. */
    int hosts() default 1;

    /** How many clients: c1, c2 and so on. */
    int clients() default 1;
}
