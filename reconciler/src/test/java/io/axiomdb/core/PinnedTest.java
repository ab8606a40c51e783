package io.axiomdb.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PinnedTest {
    @ParameterizedTest
    @CsvSource({
        "lock_timeout,30000,30s,true", "statement_timeout,86400000,1d,true", "statement_timeout,600000,10min,true",
        "idle_in_transaction_session_timeout,60s,1min,true", "statement_timeout,0,0,true",
                "statement_timeout,30000,31s,false",
        "statement_timeout,30000,0,false", "row_security,off,off,true", "row_security,off,on,false",
        "search_path,pg_catalog,pg_catalog,true", "search_path,pg_catalog,evil,false", "DateStyle,ISO,'ISO, DMY',true",
        "DateStyle,ISO,'German, DMY',false", "jit,off,'',false"
    })
    void what_is_shown_is_compared_by_what_it_means(String name, String pinned, String shown, boolean same) {
        Pinned one = new Pinned(new TreeMap<>(Map.of(name, pinned)));
        assertThat(one.difference(List.of(shown)).isEmpty()).isEqualTo(same);
        if (!same) {
            assertThat(one.difference(List.of(shown)).orElseThrow())
                    .contains(name)
                    .contains(pinned);
        }
    }

    @ParameterizedTest
    @CsvSource({"read committed,-c a=read\\ committed ", "x\\y,-c a=x\\\\y "})
    void options_keep_blanks_and_backslashes(String value, String options) {
        assertThat(new Pinned(new TreeMap<>(Map.of("a", value))).options().strip())
                .isEqualTo(options.strip());
    }
}
