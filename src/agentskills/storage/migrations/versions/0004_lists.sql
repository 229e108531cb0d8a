-- Lists of a million runs: what they are searched by stands in the row of the run's state.

ALTER TABLE run_state
    ADD COLUMN sop_name  text,                             -- those of the run, which never change
    ADD COLUMN dry       boolean NOT NULL DEFAULT false,   -- with effects: none
    ADD COLUMN skills    text[],                           -- in its steps: name, name@8 digits of the version, and
                                                           -- name#status; written when its worker lets go of it
    ADD COLUMN attention boolean NOT NULL DEFAULT false;   -- failed and not dismissed, or a person is asked; of what
                                                           -- failed `fixes` has the last word
-- Which run that completed has done what one above it failed to do, or may yet fail to do. Rows only come, so that
-- nobody waits for anybody; they go with the run that completed.
CREATE TABLE fixes (
    thread_id text NOT NULL,                               -- the one above, whatever became of it
    fixed_by  text NOT NULL REFERENCES run_state (thread_id) ON DELETE CASCADE,
    PRIMARY KEY (thread_id, fixed_by)
);
CREATE INDEX fixes_by ON fixes (fixed_by);
DROP FUNCTION run_is_fixed;                                -- `fixes` says it

CREATE OR REPLACE FUNCTION run_metadata_after_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO sop_texts (digest, sop) VALUES (NEW.sop_digest, NEW.sop) ON CONFLICT DO NOTHING;
    INSERT INTO run_state (thread_id, status, wake_at, lane, version, created_at, root_thread_id, format, sop_name, dry)
    VALUES (NEW.thread_id,
            CASE WHEN NEW.lane IS NULL THEN 'recorded' ELSE 'queued' END,
            CASE WHEN NEW.lane IS NOT NULL THEN greatest(now(), NEW.not_before) END,
            coalesce(NEW.lane, 2), CASE WHEN NEW.lane IS NULL THEN 0 ELSE 1 END,
            NEW.created_at, NEW.root_thread_id, NEW.format, NEW.sop_name,
            coalesce(NEW.request ->> 'effects' = 'none', false));
    RETURN NULL;
END $$;

-- What is only recorded is named when it starts.
CREATE FUNCTION run_metadata_renamed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE run_state SET sop_name = NEW.sop_name WHERE thread_id = NEW.thread_id;
    RETURN NULL;
END $$;
CREATE TRIGGER run_metadata_renamed AFTER UPDATE OF sop_name ON run_metadata FOR EACH ROW
    WHEN (NEW.sop_name IS DISTINCT FROM OLD.sop_name AND NEW.deleted_at IS NULL)
    EXECUTE FUNCTION run_metadata_renamed();

CREATE FUNCTION run_needs_attention(run text, is_dry boolean) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM failures f
                   WHERE f.thread_id = run AND f.dismissed_at IS NULL)
        OR NOT is_dry AND EXISTS (
            SELECT FROM waits w
            WHERE w.thread_id = run AND w.state = 'open' AND w.reason IN ('approval', 'consent', 'in_doubt'))
$$;
CREATE FUNCTION attention_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE run_state s SET attention = NOT s.attention
    WHERE s.thread_id = NEW.thread_id AND s.attention <> run_needs_attention(s.thread_id, s.dry);
    RETURN NULL;
END $$;
CREATE TRIGGER waits_asked AFTER INSERT ON waits FOR EACH ROW
    WHEN (NEW.state = 'open' AND NEW.reason IN ('approval', 'consent', 'in_doubt'))
    EXECUTE FUNCTION attention_moved();
CREATE TRIGGER waits_settled AFTER UPDATE OF state ON waits FOR EACH ROW
    WHEN (NEW.state IS DISTINCT FROM OLD.state AND NEW.reason IN ('approval', 'consent', 'in_doubt'))
    EXECUTE FUNCTION attention_moved();
CREATE TRIGGER failures_noted AFTER INSERT ON failures FOR EACH ROW EXECUTE FUNCTION attention_moved();
CREATE TRIGGER failures_settled AFTER UPDATE OF dismissed_at ON failures FOR EACH ROW
    WHEN (NEW.dismissed_at IS DISTINCT FROM OLD.dismissed_at)
    EXECUTE FUNCTION attention_moved();

-- Note that a run which completed has fixed those above it, whose own rows stay as they are.
CREATE FUNCTION note_fix(run text) RETURNS void LANGUAGE sql AS $$
    WITH RECURSIVE above AS (
        SELECT m.parent_thread_id AS thread_id FROM run_metadata m
        WHERE m.thread_id = run AND m.request ->> 'effects' IS DISTINCT FROM 'none'
        UNION
        SELECT m.parent_thread_id FROM above a JOIN run_metadata m ON m.thread_id = a.thread_id
        WHERE m.parent_thread_id IS NOT NULL
    )
    INSERT INTO fixes (thread_id, fixed_by) SELECT thread_id, run FROM above ON CONFLICT DO NOTHING;
$$;

CREATE OR REPLACE FUNCTION run_state_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status = 'failed' THEN
        PERFORM note_failure(NEW.thread_id, NEW.error, coalesce(NEW.finished_at, now()));
    ELSIF NEW.status = 'completed' AND NEW.thread_id <> NEW.root_thread_id THEN
        PERFORM note_fix(NEW.thread_id);
    END IF;
    PERFORM announce('run.' || NEW.status, jsonb_build_object(
        'thread_id', NEW.thread_id, 'root_thread_id', NEW.root_thread_id, 'status', NEW.status,
        'error', NEW.error - 'message'));
    RETURN NULL;
END $$;

-- What there is already.
WITH RECURSIVE above AS (
    SELECT m.parent_thread_id AS thread_id, m.thread_id AS fixed_by
    FROM run_metadata m JOIN run_state s ON s.thread_id = m.thread_id
    WHERE m.parent_thread_id IS NOT NULL AND s.status = 'completed' AND m.request ->> 'effects' IS DISTINCT FROM 'none'
    UNION
    SELECT m.parent_thread_id, a.fixed_by FROM above a JOIN run_metadata m ON m.thread_id = a.thread_id
    WHERE m.parent_thread_id IS NOT NULL
)
INSERT INTO fixes SELECT * FROM above;
UPDATE run_state s
SET sop_name = m.sop_name, dry = coalesce(m.request ->> 'effects' = 'none', false),
    skills = (SELECT array_agg(DISTINCT k.key) FROM run_steps r,
                     LATERAL (VALUES (r.skill), (r.skill || '@' || left(r.skill_digest, 8)),
                                     (r.skill || '#' || s.status)) AS k (key)
              WHERE r.thread_id = s.thread_id AND r.skill IS NOT NULL AND k.key IS NOT NULL),
    attention = s.status IN ('failed', 'running', 'waiting')
        AND run_needs_attention(s.thread_id, coalesce(m.request ->> 'effects' = 'none', false))
FROM run_metadata m WHERE m.thread_id = s.thread_id;

CREATE INDEX run_state_attention ON run_state (created_at DESC, thread_id DESC) WHERE attention;
CREATE INDEX run_state_sop ON run_state (sop_name, status, created_at DESC, thread_id DESC) WHERE sop_name IS NOT NULL;
CREATE INDEX run_state_skills ON run_state USING gin (skills) WHERE skills IS NOT NULL;
CREATE INDEX run_metadata_sop_name ON run_metadata (sop_name, created_at DESC, thread_id DESC)
    WHERE sop_name IS NOT NULL;
CREATE INDEX waits_answered ON waits (answered_at DESC, id DESC) WHERE state = 'answered';
