package io.axiomdb.apply;

import io.axiomdb.plan.Change;

/** Hears what apply does as it happens; called from several threads, one call at a time. */
public interface Progress {
    Progress NONE = new Progress() {
        @Override
        public void begun(Change change) {}

        @Override
        public void ended(ChangeResult result) {}
    };

    void begun(Change change);

    void ended(ChangeResult result);
}
