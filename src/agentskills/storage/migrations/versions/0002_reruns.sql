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
    IF NEW.sop IS DISTINCT FROM OLD.sop THEN
        NEW.sop_digest := encode(sha256(convert_to(NEW.sop, 'UTF8')), 'hex');
        INSERT INTO sop_texts (digest, sop) VALUES (NEW.sop_digest, NEW.sop) ON CONFLICT DO NOTHING;
    END IF;
    IF NEW.initial_data IS DISTINCT FROM OLD.initial_data OR NEW.metadata IS DISTINCT FROM OLD.metadata THEN
        NEW.search := jsonb_build_object('d', run_search_projection(NEW.initial_data, 1), 'm', run_search_projection(NEW.metadata, 1));
    END IF;
    RETURN NEW;
END $$;
