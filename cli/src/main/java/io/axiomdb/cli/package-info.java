@NullMarked
package io.axiomdb.cli;

import org.jspecify.annotations.NullMarked;
