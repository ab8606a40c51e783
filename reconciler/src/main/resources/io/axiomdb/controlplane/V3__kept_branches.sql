-- A removed branch's database and roles are kept on its host until they are dropped for good; from then on nothing of it
-- can come back. Of a claim that was given up nothing was ever made.
ALTER TABLE axiomdb.project_branches ADD COLUMN purged_at timestamptz;
UPDATE axiomdb.project_branches SET purged_at = removed_at WHERE removed_at IS NOT NULL AND NOT complete;
CREATE INDEX project_branches_kept ON axiomdb.project_branches (organization)
    WHERE removed_at IS NOT NULL AND purged_at IS NULL;
