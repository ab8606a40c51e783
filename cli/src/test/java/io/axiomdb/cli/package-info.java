@org.jspecify.annotations.NullMarked
package io.axiomdb.cli;
