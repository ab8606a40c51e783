@org.jspecify.annotations.NullMarked
package io.axiomdb.adapter.ssh;
