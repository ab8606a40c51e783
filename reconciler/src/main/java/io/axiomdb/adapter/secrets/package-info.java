/**
 * Where secrets come from (environment, files) and the encryption of those that are kept. The only home of Tink; knows
 * no database. Start at {@link io.axiomdb.adapter.secrets.References} and {@link io.axiomdb.adapter.secrets.TinkKey}.
 */
@NullMarked
package io.axiomdb.adapter.secrets;

import org.jspecify.annotations.NullMarked;
