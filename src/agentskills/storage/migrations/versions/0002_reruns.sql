-- The rerun algebra: what a step was made of, corrections by people, tombstones, derived catalogues.

-- What else than versions and values a result depended on: model and host, values of {env.X}, the form.
ALTER TABLE run_steps ADD COLUMN surroundings jsonb;
-- Of a skill that reaches outside: the digest of its effect key, under which a recording can stand in for it.
ALTER TABLE run_steps ADD COLUMN effect_key text;
-- Which steps point to this one: outputs that others refer to outlive their run.
CREATE INDEX run_steps_source ON run_steps ((reused_from ->> 'thread_id'), ((reused_from ->> 'seq')::integer))
    WHERE reused_from IS NOT NULL;

-- Corrections: [{skill, nth, outputs, seq, by}], folded in where that step stands.
ALTER TABLE run_metadata ADD COLUMN given jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(given) = 'array');
-- A tombstone keeps the tree whole: the row stays, without its content and without a state row.
ALTER TABLE run_metadata ADD COLUMN deleted_at timestamptz;

-- Catalogues made for a rerun out of chosen versions; never the current one.
ALTER TABLE catalogs ADD COLUMN derived boolean NOT NULL DEFAULT false;
DROP INDEX catalogs_loaded;
CREATE INDEX catalogs_loaded ON catalogs (loaded_at DESC) WHERE NOT derived;

-- Who agreed to a repetition.
ALTER TABLE effects ADD COLUMN agreed_by jsonb;
CREATE INDEX effects_newest ON effects (updated_at DESC, id DESC);

CREATE OR REPLACE FUNCTION run_metadata_before_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.deleted_at IS NOT NULL THEN
        RAISE EXCEPTION 'run % has been deleted', OLD.thread_id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF (NEW.sop IS DISTINCT FROM OLD.sop OR NEW.initial_data IS DISTINCT FROM OLD.initial_data)
       AND NEW.deleted_at IS NULL
       AND EXISTS (SELECT FROM run_state s WHERE s.thread_id = OLD.thread_id AND s.status <> 'recorded') THEN
        RAISE EXCEPTION 'run % has been started: its sop and initial_data can''t change', OLD.thread_id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.deleted_at IS NOT NULL THEN
        NEW.sop_digest := '';   -- a tombstone is not found by what it held
        NEW.search := '{}';
        RETURN NEW;
    END IF;
    IF NEW.sop IS DISTINCT FROM OLD.sop THEN
        NEW.sop_digest := encode(sha256(convert_to(NEW.sop, 'UTF8')), 'hex');
        INSERT INTO sop_texts (digest, sop) VALUES (NEW.sop_digest, NEW.sop) ON CONFLICT DO NOTHING;
    END IF;
    IF NEW.initial_data IS DISTINCT FROM OLD.initial_data OR NEW.metadata IS DISTINCT FROM OLD.metadata THEN
        NEW.search := jsonb_build_object('d', run_search_projection(NEW.initial_data, 1), 'm', run_search_projection(NEW.metadata, 1));
    END IF;
    RETURN NEW;
END $$;

-- Lineage and tombstones.

-- The family of a run, oldest first; the root itself is found by its id.
CREATE INDEX run_metadata_root ON run_metadata (root_thread_id, created_at, thread_id)
    WHERE parent_thread_id IS NOT NULL;
CREATE INDEX run_metadata_deleted ON run_metadata (root_thread_id, deleted_at) WHERE deleted_at IS NOT NULL;
-- Whether a value or a waiter is still needed is asked when a run is deleted, and by the foreign key.
CREATE INDEX run_steps_payload ON run_steps (payload) WHERE payload IS NOT NULL;
CREATE INDEX effect_waiters_run ON effect_waiters (thread_id);

ALTER TABLE run_metadata ADD CONSTRAINT run_metadata_tombstone CHECK (
    deleted_at IS NULL OR (sop = '' AND initial_data = '{}' AND metadata = '{}' AND given = '[]'));

-- Whoever makes a rerun holds the root's row by then, and so does whoever deletes: what is seen here stays.
CREATE FUNCTION run_metadata_check_parent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM run_metadata p
               WHERE p.thread_id = NEW.parent_thread_id AND p.deleted_at IS NOT NULL) THEN
        RAISE EXCEPTION 'the run % has been deleted', NEW.parent_thread_id USING ERRCODE = 'AS410';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER run_metadata_check_parent BEFORE INSERT ON run_metadata
    FOR EACH ROW WHEN (NEW.parent_thread_id IS NOT NULL) EXECUTE FUNCTION run_metadata_check_parent();

-- The effects ledger. All five together cost an effect about 25 microseconds, from intent to receipt:
-- the newest above, what is open or went wrong, by skill, by what went out, and where a receipt was honoured.
CREATE INDEX effects_unsettled ON effects (state, updated_at DESC, id DESC) WHERE state <> 'receipt';
CREATE INDEX effects_skill ON effects (skill, updated_at DESC, id DESC);
CREATE INDEX effects_inputs ON effects USING gin (inputs jsonb_path_ops);
CREATE INDEX run_steps_honoured ON run_steps (effect_id) WHERE reused_from ->> 'why' = 'receipt';

-- The audit over all runs, the newest first; starts are read from run_metadata.
CREATE INDEX audit_newest ON audit (at DESC, id DESC);

-- A skill version that a run is pinned to stays, whole and in its catalogue.
CREATE FUNCTION catalog_skills_before_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM run_metadata m WHERE m.catalog = OLD.catalog) THEN
        RAISE EXCEPTION 'catalogue % is that of a run: its skill versions can''t go', OLD.catalog
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER catalog_skills_before_delete BEFORE DELETE ON catalog_skills
    FOR EACH ROW EXECUTE FUNCTION catalog_skills_before_delete();

-- Rows that come by SQL keep the limits of the API, since no client could read what is beyond them: numbers of
-- 100 digits, exponents of ±100, 64 levels. Rows from the API have been checked, and bring their `search` along.
CREATE FUNCTION run_json_fits(value jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT NOT jsonb_path_exists(value, 'strict $.**{65}') AND NOT EXISTS (
        SELECT FROM jsonb_path_query(value, 'strict $.** ? (@.type() == "number")') AS found(number),
                    LATERAL (SELECT abs(number::numeric)) AS size(n)
        WHERE n >= 1e101 OR (n < 1e-100 AND n <> 0) OR length(trim('0' FROM replace(n::text, '.', ''))) > 100)
$$;
CREATE FUNCTION run_metadata_bare() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT run_json_fits(NEW.initial_data) OR NOT run_json_fits(NEW.metadata) OR NOT run_json_fits(NEW.limits)
       OR NOT run_json_fits(NEW.requested_by) OR NOT run_json_fits(NEW.request) THEN
        RAISE EXCEPTION 'run %: JSON may hold numbers of 100 digits, exponents of ±100 and 64 levels', NEW.thread_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
-- By their names these two come before the triggers that fill in `search`.
CREATE TRIGGER run_metadata_bare_insert BEFORE INSERT ON run_metadata
    FOR EACH ROW WHEN (NEW.search = '{}') EXECUTE FUNCTION run_metadata_bare();
CREATE TRIGGER run_metadata_bare_update BEFORE UPDATE OF initial_data, metadata, limits, requested_by, request ON run_metadata
    FOR EACH ROW EXECUTE FUNCTION run_metadata_bare();
