-- The whole schema, written by `make schema` from src/agentskills/storage/migrations: change it there.
-- On an empty database `psql -f db/run_metadata_schema.sql` does the same as `asf db upgrade`.
BEGIN;

-- 0001_core

-- Runs, their engine state, the journal, skill versions, effects, waits. Nothing newer than PostgreSQL 14.

-- What was asked for. One row per run, written once; only counters move.
CREATE TABLE run_metadata (
    id                bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    thread_id         text NOT NULL CHECK (length(thread_id) BETWEEN 1 AND 250),
    sop               text NOT NULL,
    initial_data      jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(initial_data) = 'object'),
    created_at        timestamptz NOT NULL DEFAULT now(),
    parent_thread_id  text,
    rerun_count       integer NOT NULL DEFAULT 0 CHECK (rerun_count >= 0),       -- how often this very run was rerun
    metadata          jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(metadata) = 'object'),
    run_name          text,
    sop_name          text,
    root_thread_id    text NOT NULL DEFAULT '',                                  -- set by trigger where empty
    rerun_number      integer NOT NULL DEFAULT 0 CHECK (rerun_number >= 0),      -- the number in its own id; 0 for a root
    last_rerun_number integer NOT NULL DEFAULT 0,                                -- on a root: the last number taken in the family
    skills            text[],                                                    -- the goal, where the request lists one
    model             text,
    planner           text,                                                      -- dataflow or llm, fixed at start
    catalog           text,                                                      -- catalogue snapshot the run is pinned to
    limits            jsonb NOT NULL DEFAULT '{}',                               -- steps, seconds, tokens, money
    request           jsonb,                                                     -- rerun request document
    requested_by      jsonb NOT NULL DEFAULT '{"kind": "sql"}',                  -- kind, name, on_behalf_of, reason
    body_digest       text,                                                      -- of the start request, for idempotent saves
    not_before        timestamptz,
    lane              smallint,                                                  -- null: recorded only; else the lane it starts on
    format            smallint NOT NULL DEFAULT 1,
    sop_digest        text NOT NULL DEFAULT '',                                  -- set by trigger
    search            jsonb NOT NULL DEFAULT '{}'                                -- projection for filters: {"d": initial_data, "m": metadata}
);
CREATE UNIQUE INDEX idx_run_metadata_thread_id ON run_metadata (thread_id);
CREATE INDEX idx_run_metadata_parent ON run_metadata (parent_thread_id) WHERE parent_thread_id IS NOT NULL;
CREATE INDEX idx_run_metadata_created_at ON run_metadata (created_at DESC, thread_id DESC);
CREATE UNIQUE INDEX idx_run_metadata_family ON run_metadata (root_thread_id, rerun_number) WHERE rerun_number > 0;
CREATE INDEX idx_run_metadata_search ON run_metadata USING gin (search jsonb_path_ops);
CREATE INDEX idx_run_metadata_sop ON run_metadata (sop_digest, created_at DESC);
CREATE INDEX idx_run_metadata_name ON run_metadata (lower(run_name) text_pattern_ops, created_at DESC);

-- SOP texts once, for text search.
CREATE TABLE sop_texts (
    digest text PRIMARY KEY,
    sop    text NOT NULL,
    words  tsvector GENERATED ALWAYS AS (to_tsvector('simple', left(sop, 100000))) STORED
);
CREATE INDEX idx_sop_texts_words ON sop_texts USING gin (words);

-- The engine's moving state: the run row is the queue entry.
CREATE TABLE run_state (
    thread_id        text PRIMARY KEY REFERENCES run_metadata (thread_id) ON DELETE CASCADE,
    status           text NOT NULL CHECK (status IN ('recorded','queued','running','waiting','completed','failed','cancelled')),
    epoch            integer NOT NULL DEFAULT 0,          -- raised by each claim; the fence
    owner            uuid,                                -- worker that has the run
    wake             integer NOT NULL DEFAULT 0,          -- raised by whatever wants the run looked at
    wake_at          timestamptz,                         -- due from then on; null: nothing to do
    lane             smallint NOT NULL DEFAULT 2,         -- 3 answers and runs under way, 2 starts, 1 batches, 0 schedules and policies
    version          integer NOT NULL DEFAULT 0,          -- of the last change; SSE sends by it
    stalls           smallint NOT NULL DEFAULT 0,         -- claims without progress
    cancel_requested boolean NOT NULL DEFAULT false,
    created_at       timestamptz NOT NULL,
    root_thread_id   text NOT NULL,
    started_at       timestamptz,
    finished_at      timestamptz,
    error            jsonb,                               -- type, message, skill, seq…
    owned_ms         bigint NOT NULL DEFAULT 0,           -- wall time owned by workers
    tokens           bigint NOT NULL DEFAULT 0,
    money            numeric NOT NULL DEFAULT 0,
    money_unknown    boolean NOT NULL DEFAULT false,      -- at least one call had no known price
    not_repeated     integer NOT NULL DEFAULT 0,          -- effects honoured by receipt
    format           smallint NOT NULL DEFAULT 1,
    CHECK (owner IS NULL OR status = 'running'),
    CHECK (status NOT IN ('completed','failed','cancelled') OR (owner IS NULL AND wake_at IS NULL AND finished_at IS NOT NULL)),
    CHECK ((status = 'failed') = (error IS NOT NULL))
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX run_state_due ON run_state (lane, wake_at) WHERE owner IS NULL AND wake_at IS NOT NULL;
CREATE INDEX run_state_owner ON run_state (owner) WHERE owner IS NOT NULL;
CREATE INDEX run_state_created ON run_state (created_at DESC, thread_id DESC);
CREATE INDEX run_state_status ON run_state (status, created_at DESC, thread_id DESC);
CREATE INDEX run_state_root ON run_state (root_thread_id, created_at DESC, thread_id DESC);

CREATE FUNCTION run_metadata_before_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.root_thread_id = '' THEN
        IF NEW.parent_thread_id IS NULL THEN
            NEW.root_thread_id := NEW.thread_id;
        ELSE
            SELECT p.root_thread_id INTO NEW.root_thread_id FROM run_metadata p WHERE p.thread_id = NEW.parent_thread_id;
            NEW.root_thread_id := coalesce(nullif(NEW.root_thread_id, ''), NEW.parent_thread_id);
        END IF;
    END IF;
    IF NEW.sop_digest = '' THEN
        NEW.sop_digest := encode(sha256(convert_to(NEW.sop, 'UTF8')), 'hex');
    END IF;
    IF NEW.search = '{}' THEN
        NEW.search := jsonb_build_object('d', run_search_projection(NEW.initial_data, 1), 'm', run_search_projection(NEW.metadata, 1));
    END IF;
    RETURN NEW;
END $$;

-- Scalars and short strings down to depth 4; what is left out is checked on the row itself.
CREATE FUNCTION run_search_projection(value jsonb, depth integer) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF jsonb_typeof(value) = 'object' THEN
        IF depth > 4 THEN RETURN '{}'; END IF;
        RETURN coalesce((SELECT jsonb_object_agg(key, projected) FROM (
            SELECT key, run_search_projection(item, depth + 1) AS projected FROM jsonb_each(value) AS e(key, item)
        ) AS p WHERE projected IS NOT NULL), '{}');
    ELSIF jsonb_typeof(value) = 'string' THEN
        RETURN CASE WHEN length(value #>> '{}') <= 200 THEN value END;
    ELSIF jsonb_typeof(value) = 'array' THEN
        RETURN NULL;
    END IF;
    RETURN value;
END $$;

CREATE FUNCTION run_metadata_after_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO sop_texts (digest, sop) VALUES (NEW.sop_digest, NEW.sop) ON CONFLICT DO NOTHING;
    INSERT INTO run_state (thread_id, status, wake_at, lane, version, created_at, root_thread_id, format)
    VALUES (NEW.thread_id,
            CASE WHEN NEW.lane IS NULL THEN 'recorded' ELSE 'queued' END,
            CASE WHEN NEW.lane IS NOT NULL THEN greatest(now(), NEW.not_before) END,
            coalesce(NEW.lane, 2), CASE WHEN NEW.lane IS NULL THEN 0 ELSE 1 END,
            NEW.created_at, NEW.root_thread_id, NEW.format);
    RETURN NULL;
END $$;

CREATE FUNCTION run_metadata_before_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.sop IS DISTINCT FROM OLD.sop OR NEW.initial_data IS DISTINCT FROM OLD.initial_data)
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

CREATE TRIGGER run_metadata_before_insert BEFORE INSERT ON run_metadata
    FOR EACH ROW EXECUTE FUNCTION run_metadata_before_insert();
CREATE TRIGGER run_metadata_after_insert AFTER INSERT ON run_metadata
    FOR EACH ROW EXECUTE FUNCTION run_metadata_after_insert();
CREATE TRIGGER run_metadata_before_update BEFORE UPDATE OF sop, initial_data, metadata ON run_metadata
    FOR EACH ROW EXECUTE FUNCTION run_metadata_before_update();

-- Who is alive. A worker whose lease has lapsed owns nothing that others may not take.
CREATE TABLE workers (
    id          uuid PRIMARY KEY,
    lease_until timestamptz NOT NULL,
    started_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    host        text NOT NULL DEFAULT '',
    pid         integer NOT NULL DEFAULT 0,
    counts      jsonb NOT NULL DEFAULT '{}'      -- what it has done, by name, for the metrics
);

-- Values over 8 kB, once by digest.
CREATE TABLE payloads (
    digest text PRIMARY KEY,
    value  jsonb NOT NULL
);

-- The journal: the truth about a run. seq starts at 1.
-- No foreign key to the run: it would lock the run's row once more for every step, and the fence has
-- locked its state already. A trigger removes the steps of a run that is removed.
CREATE TABLE run_steps (
    thread_id    text NOT NULL,
    seq          integer NOT NULL CHECK (seq > 0),
    decision     integer NOT NULL,               -- seq of the decision that ordered it; its own for a decision
    kind         text NOT NULL CHECK (kind IN ('decision','skill','approval')),
    skill        text,                           -- null for a decision
    skill_digest text,
    status       text NOT NULL CHECK (status IN ('started','waiting','in_doubt','completed','failed')),
    reason       text,                           -- why it was chosen, reused, or waits
    inputs       jsonb,                          -- {path: seq of the step that produced it, 0 for initial_data}
    outputs      jsonb,                          -- what it added to the data_store; a decision's: {run|finish|give_up: …}
    payload      text REFERENCES payloads (digest),   -- outputs, where they are large
    digests      jsonb,                          -- {produced path: digest of its value}
    fingerprint  text,
    reused_from  jsonb,                          -- {thread_id, seq} of the step whose result stands here
    effect_id    bigint,
    attempt      smallint NOT NULL DEFAULT 1,
    attempts     jsonb,                          -- earlier attempts: [{attempt, error, at}]
    error        jsonb,                          -- type, message
    usage        jsonb,                          -- model, input_tokens, output_tokens, money, requests
    actor        jsonb,                          -- who answered
    started_at   timestamptz NOT NULL,
    finished_at  timestamptz,
    version      integer NOT NULL,
    PRIMARY KEY (thread_id, seq),
    CHECK ((status IN ('completed','failed')) = (finished_at IS NOT NULL)),
    CHECK ((kind = 'decision') = (skill IS NULL)),
    CHECK (status <> 'failed' OR error IS NOT NULL)
) WITH (autovacuum_vacuum_scale_factor = 0.05);

CREATE FUNCTION run_steps_before_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status IN ('completed','failed') OR (OLD.status = 'in_doubt' AND NEW.status NOT IN ('completed','failed')) THEN
        RAISE EXCEPTION 'step % of run % is %; it can''t become %', OLD.seq, OLD.thread_id, OLD.status, NEW.status
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER run_steps_before_update BEFORE UPDATE ON run_steps
    FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION run_steps_before_update();

CREATE FUNCTION run_metadata_after_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM run_steps WHERE thread_id = OLD.thread_id;
    DELETE FROM step_details WHERE thread_id = OLD.thread_id;
    RETURN NULL;
END $$;
CREATE TRIGGER run_metadata_after_delete AFTER DELETE ON run_metadata
    FOR EACH ROW EXECUTE FUNCTION run_metadata_after_delete();

-- Model messages, prompts, output of processes.
CREATE TABLE step_details (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    thread_id text NOT NULL,
    seq       integer NOT NULL,
    attempt   smallint NOT NULL DEFAULT 1,
    kind      text NOT NULL,
    content   jsonb NOT NULL,
    at        timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX step_details_step ON step_details (thread_id, seq);

-- What a run waits for. The API writes the answer; the run's owner acts on it.
CREATE TABLE waits (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    thread_id     text NOT NULL REFERENCES run_metadata (thread_id) ON DELETE CASCADE,
    seq           integer NOT NULL,
    skill         text,
    reason        text NOT NULL CHECK (reason IN ('approval','callback','retry','consent','in_doubt','effect_elsewhere','slot','time')),
    state         text NOT NULL DEFAULT 'open' CHECK (state IN ('open','answered','closed')),
    since         timestamptz NOT NULL DEFAULT now(),
    until         timestamptz,
    asks          jsonb NOT NULL DEFAULT '{}',   -- what is shown: {subject, inputs, form, effect, earlier_receipt, …}
    shown_digest  text,                          -- digest of what was shown
    options       text[] NOT NULL DEFAULT '{}',
    expects       text[] NOT NULL DEFAULT '{}',  -- produced paths a callback must deliver
    effect_id     bigint,
    token_hash    text,                          -- SHA-256 of the callback token
    dispatched    boolean NOT NULL DEFAULT false,-- the request has gone out and was accepted
    answer        jsonb,                         -- {decision, data, note, error}
    answered_by   jsonb,
    answered_at   timestamptz,
    CHECK ((state = 'answered') = (answer IS NOT NULL))
);
CREATE UNIQUE INDEX waits_open ON waits (thread_id, seq) WHERE state = 'open';
CREATE INDEX waits_run ON waits (thread_id);
CREATE INDEX waits_token ON waits (token_hash) WHERE token_hash IS NOT NULL;
CREATE INDEX waits_inbox ON waits (reason, since) WHERE state = 'open';

-- Effects on the outside world; their rows outlive their runs.
CREATE TABLE effects (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    scope      text NOT NULL,                    -- root run, or '' for the whole installation
    skill      text NOT NULL,
    key_digest text NOT NULL,
    key        jsonb NOT NULL,
    repeat     integer NOT NULL DEFAULT 0,
    state      text NOT NULL CHECK (state IN ('intent','receipt','failed','doubt')),
    thread_id  text NOT NULL,                    -- the run that does or did it
    seq        integer NOT NULL,
    worker     uuid,                             -- who acts; null once it has stopped
    epoch      integer NOT NULL DEFAULT 0,       -- of the run when it announced it
    inputs     jsonb,                            -- what went out, for people
    output     jsonb,                            -- of a receipt
    error      jsonb,
    settled_by jsonb,                            -- {kind: worker | check | person | callback, name}
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (scope, skill, key_digest, repeat),
    CHECK ((state = 'receipt') = (output IS NOT NULL))
);
CREATE INDEX effects_run ON effects (thread_id, seq);
CREATE FUNCTION effects_before_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT (OLD.state, NEW.state) IN (('intent','receipt'),('intent','failed'),('intent','doubt'),
                                      ('doubt','receipt'),('doubt','failed'),('failed','intent')) THEN
        RAISE EXCEPTION 'effect % is %; it can''t become %', OLD.id, OLD.state, NEW.state
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER effects_before_update BEFORE UPDATE ON effects
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION effects_before_update();

CREATE TABLE effect_waiters (
    effect_id bigint NOT NULL REFERENCES effects (id) ON DELETE CASCADE,
    thread_id text NOT NULL,
    PRIMARY KEY (effect_id, thread_id)
);

-- Concurrency limits: one row per place.
CREATE TABLE slots (
    name      text NOT NULL,
    place     integer NOT NULL,
    worker    uuid,
    thread_id text,
    seq       integer,
    PRIMARY KEY (name, place)
);

-- Skill versions by digest, whole, and the catalogue snapshots that runs are pinned to.
CREATE TABLE skill_versions (
    digest      text PRIMARY KEY,
    name        text NOT NULL,
    description text NOT NULL,
    contract    jsonb NOT NULL,
    body        text NOT NULL,
    files       text[] NOT NULL,
    archive     bytea NOT NULL,                  -- tar.gz of the folder
    created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX skill_versions_name ON skill_versions (name, created_at DESC);

CREATE TABLE catalogs (
    digest      text PRIMARY KEY,                -- of its sorted (name, skill digest) list
    diagnostics jsonb NOT NULL DEFAULT '[]',
    roots       text[] NOT NULL DEFAULT '{}',
    created_at  timestamptz NOT NULL DEFAULT now(),
    loaded_at   timestamptz NOT NULL DEFAULT now()   -- the latest one is current
);
CREATE INDEX catalogs_loaded ON catalogs (loaded_at DESC);
CREATE TABLE catalog_skills (
    catalog      text NOT NULL REFERENCES catalogs (digest) ON DELETE CASCADE,
    name         text NOT NULL,
    skill_digest text NOT NULL REFERENCES skill_versions (digest),
    source       text NOT NULL,                  -- folder, as it was read
    PRIMARY KEY (catalog, name)
);
-- Named procedures beside the skills, with example inputs.
CREATE TABLE sops (
    name       text PRIMARY KEY,
    title      text NOT NULL,
    sop        text NOT NULL,
    examples   jsonb NOT NULL DEFAULT '[]',      -- [{title, initial_data}]
    loaded_at  timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE idempotency_keys (
    key         text PRIMARY KEY,
    body_digest text NOT NULL,
    status      integer NOT NULL,
    answer      jsonb NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);

CREATE TABLE audit (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at        timestamptz NOT NULL DEFAULT now(),
    actor     jsonb NOT NULL,                    -- kind, name, on_behalf_of
    action    text NOT NULL,                     -- start, rerun, approve, callback, cancel, reload…
    thread_id text,
    reason    text,
    detail    jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_run ON audit (thread_id, at) WHERE thread_id IS NOT NULL;

-- Values made once per installation, such as the key that callback tokens derive from.
CREATE TABLE installation (
    name  text PRIMARY KEY,
    value text NOT NULL
);
INSERT INTO installation (name, value)
VALUES ('callback_key', encode(sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')), 'hex'));

-- 0002_reruns

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

-- 0003_fleet

-- Failures, batches, schedules, policies, outgoing webhooks. Rows that are due are claimed like runs.

-- Failures: one row per run that ended failed, but for those with effects: none. Policies look at each once;
-- people group and dismiss them.

-- What failures of one kind have in common: type and message without numbers, ids, times, addresses, quoted values.
-- Whatever is left out becomes #, and what stands together becomes one: lists of one and of three are the same kind.
CREATE FUNCTION failure_signature(type text, message text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    said text := left(coalesce(message, ''), 1500);
BEGIN
    -- Quoted values; an apostrophe within a word quotes nothing.
    said := regexp_replace(said, '"(?:[^"\\]|\\.)*"|`[^`]*`|«[^»]*»|“[^”]*”|„[^“”]*[“”]|‘[^’]*’', '#', 'g');
    said := regexp_replace(said, '(?<!\w)''(?:[^'']|''(?=\w))*''(?!\w)', '#', 'g');
    -- JSON, from the inside out; what was cut off goes to the end.
    FOR depth IN 1..6 LOOP
        EXIT WHEN said !~ '[{\[]';
        said := regexp_replace(said, '\{[^{}]*\}|\[[^][]*\]', '#', 'g');
    END LOOP;
    said := regexp_replace(said, '[{[]\s*(?:$|[][#\d"''{}-])[^)]*$', '#');
    -- Addresses: URLs and e-mail, paths, names of hosts. Dotted words such as order.total are data paths and stay.
    said := regexp_replace(said, '[a-z][a-z0-9+.-]*://[^\s<>#)]+|(?:mailto:)?[\w.+-]+@[\w.-]*\w', '#', 'gi');
    said := regexp_replace(said,
        '(?<![\w#])(?:~|\.{1,2})?/[\w.~@%+#-]+[^\s,;:()]*|\m[a-z]:\\[^\s,;:()]+|\m[\w.-]+/(?:[\w.-]+/[\w./-]*\w|[\w-]+\.\w+)',
        '#', 'gi');
    said := regexp_replace(said,
        '\m(?:localhost|(?:[\w-]+\.)+(?:com|org|net|io|dev|app|cloud|internal|local|localdomain|lan|intern|corp|test|'
        'example|invalid|biz|edu|gov|svc|de|fr|nl|eu|ch|uk|se|pl|jp|cn|br|com?\.[a-z]{2}))(?::\d+)?\M', '#', 'gi');
    -- Words with digits, also ids, amounts and times; ids of hexadecimal letters alone.
    said := regexp_replace(said,
        '(?:[\w.:/+@%$€£¥-]|,(?=\d))*\d(?:(?:[\w.:/+@%-]|,(?=\d))*[\w%€£¥])?|\m[0-9a-f]{8,}\M|(?<!\w)[0-9a-f]{0,4}::[0-9a-f]+(?!\w)',
        '#', 'gi');
    -- What belongs to a number: months and days, halves of the day, zones, units.
    said := regexp_replace(said,
        '\m(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,?\s+)?'
        '(?:#\.?\s+)?(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|'
        'oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?,?\s+#|'
        '#\.?\s+(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|'
        'oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\M', '#', 'gi');
    said := regexp_replace(said,
        '#\s*(?:[ap]\.?m\.?|z|utc|gmt|ces?t|e[sd]t|p[sd]t|[nµm]?s|secs?|seconds?|mins?|minutes?|h|hours?|days?|'
        'milliseconds?|[kmg]i?b|bytes?|eur|usd|gbp|chf|[€$£¥])(?!\w)', '#', 'gi');
    said := regexp_replace(said, '[-+$€£¥]?#(?:[\s,;:/x+–-]*(?:and\s+)?#)*', '#', 'g');
    RETURN type || ': ' || left(trim(regexp_replace(said, '\s+', ' ', 'g')), 300);
END $$;

CREATE TABLE failures (
    thread_id    text PRIMARY KEY REFERENCES run_state (thread_id) ON DELETE CASCADE,
    skill        text NOT NULL DEFAULT '',         -- that failed; empty: none did, such as a decision or a limit
    skill_digest text,                             -- its version
    error_type   text NOT NULL,
    signature    text NOT NULL,
    failed_at    timestamptz NOT NULL,
    looked_at    timestamptz,                      -- by policies; null: not yet
    dismissed_at timestamptz,                      -- nobody will mend it
    dismissed_by jsonb,
    note         text,
    CHECK ((dismissed_at IS NULL) = (dismissed_by IS NULL))
);
CREATE INDEX failures_group ON failures (skill, signature, failed_at DESC);
CREATE INDEX failures_newest ON failures (failed_at DESC, thread_id DESC);
CREATE INDEX failures_to_look_at ON failures (failed_at) WHERE looked_at IS NULL;

-- Note that a run has failed. With effects: none nothing happened, and so nothing that anybody has to mend.
CREATE FUNCTION note_failure(run text, told jsonb, at timestamptz, looked timestamptz DEFAULT NULL) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO failures (thread_id, skill, skill_digest, error_type, signature, failed_at, looked_at)
    SELECT run, coalesce(told ->> 'skill', ''),
           (SELECT s.skill_digest FROM run_steps s
            WHERE s.thread_id = run AND s.seq = (told ->> 'seq')::integer AND s.skill = told ->> 'skill'),
           coalesce(told ->> 'type', 'failed'),
           failure_signature(coalesce(told ->> 'type', 'failed'), told ->> 'message'), at, looked
    FROM run_metadata m WHERE m.thread_id = run AND m.request ->> 'effects' IS DISTINCT FROM 'none'
    ON CONFLICT DO NOTHING
$$;

-- Whether a run below this one has done what it failed to do; the same as domain/lineage.fixed_by says.
CREATE FUNCTION run_is_fixed(failed text) RETURNS boolean LANGUAGE sql STABLE AS $$
    WITH RECURSIVE below AS (
        SELECT m.thread_id, s.status = 'completed' AND m.request ->> 'effects' IS DISTINCT FROM 'none' AS fixes
        FROM run_metadata m LEFT JOIN run_state s ON s.thread_id = m.thread_id WHERE m.parent_thread_id = failed
        UNION ALL
        SELECT c.* FROM below b, LATERAL (
            SELECT m.thread_id, s.status = 'completed' AND m.request ->> 'effects' IS DISTINCT FROM 'none'
            FROM run_metadata m LEFT JOIN run_state s ON s.thread_id = m.thread_id
            WHERE m.parent_thread_id = b.thread_id OFFSET 0) AS c
        WHERE b.fixes IS NOT TRUE
    )
    SELECT EXISTS (SELECT FROM below WHERE fixes)
$$;

-- Batches: a bulk rerun with items, progress and an end.

CREATE TABLE batches (
    id            text PRIMARY KEY,
    kind          text NOT NULL DEFAULT 'batch' CHECK (kind IN ('batch', 'backtest')),
    name          text NOT NULL,
    reason        text,
    filter        jsonb,                           -- the list's own object, its times frozen; null: chosen by id
    rerun         jsonb NOT NULL,                  -- rerun request document
    status        text NOT NULL DEFAULT 'running' CHECK (status IN ('running', 'paused', 'completed', 'aborted')),
    note          text,                            -- why it is paused, aborted, or ended so
    only_open     boolean NOT NULL DEFAULT true,
    newest_first  boolean,                         -- null: ids in the order given
    order_by_key  text,                            -- data path: the same value goes one at a time, in order
    concurrency   integer NOT NULL DEFAULT 100 CHECK (concurrency > 0),
    budget        jsonb NOT NULL DEFAULT '{}',     -- tokens, money
    most          integer CHECK (most > 0),        -- take no more items than this
    canary        integer CHECK (canary > 0),      -- first so many items, then the gate
    gate          jsonb,                           -- what must hold of each of the first; null: that it succeeded
    gate_state    text NOT NULL DEFAULT 'open' CHECK (gate_state IN ('open', 'passed', 'failed', 'overruled')),
    most_failed   numeric CHECK (most_failed >= 0 AND most_failed < 1),  -- share beyond which it stops
    ended_before  bigint NOT NULL DEFAULT 0,       -- what had ended, and failed, when it was resumed last:
    failed_before bigint NOT NULL DEFAULT 0,       -- that share is counted from there
    expected      bigint,                          -- what the filter found at creation, at most 10,001
    reached       jsonb,                           -- keyset position of the last item taken from the filter
    filled        boolean NOT NULL DEFAULT false,  -- all items are there
    requested_by  jsonb NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now(),
    finished_at   timestamptz,
    wake_at       timestamptz DEFAULT now(),       -- due from then on; null: nothing to do
    CHECK ((status IN ('completed', 'aborted')) = (finished_at IS NOT NULL))
);
CREATE INDEX batches_newest ON batches (created_at DESC, id DESC);
CREATE INDEX batches_due ON batches (wake_at) WHERE wake_at IS NOT NULL;

-- One row per source run: whatever dies or is asked twice, none is rerun twice.
CREATE TABLE batch_items (
    batch_id   text NOT NULL REFERENCES batches (id) ON DELETE CASCADE,
    source     text NOT NULL,                      -- thread_id of the run to repeat
    position   bigint NOT NULL,
    key        text,                               -- digest of the value at order_by_key
    state      text NOT NULL DEFAULT 'pending' CHECK (state IN
                   ('pending', 'running', 'waiting', 'succeeded', 'failed', 'cancelled', 'refused', 'skipped')),
    thread_id  text,                               -- its rerun
    reason     text,                               -- why refused, skipped, failed
    report     jsonb,                              -- of a backtest: what became different
    tokens     bigint NOT NULL DEFAULT 0,          -- of its rerun, once that has ended
    money      numeric NOT NULL DEFAULT 0,
    unknown    boolean NOT NULL DEFAULT false,     -- at least one call of it had no known price
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (batch_id, source),
    UNIQUE (batch_id, position)
);
CREATE INDEX batch_items_state ON batch_items (batch_id, state, position);
CREATE INDEX batch_items_key ON batch_items (batch_id, key, position)
    WHERE key IS NOT NULL AND state IN ('pending', 'running', 'waiting');
CREATE INDEX batch_items_run ON batch_items (thread_id) WHERE thread_id IS NOT NULL;

-- How many items stand where and what they cost, kept by triggers: a batch may have a million.
CREATE TABLE batch_counts (
    batch_id text NOT NULL REFERENCES batches (id) ON DELETE CASCADE,
    state    text NOT NULL,
    items    bigint NOT NULL,
    tokens   bigint NOT NULL,
    money    numeric NOT NULL,
    unknown  bigint NOT NULL,                      -- items of which a price is not known
    PRIMARY KEY (batch_id, state)
) WITH (fillfactor = 50);

CREATE FUNCTION batch_items_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO batch_counts AS c (batch_id, state, items, tokens, money, unknown)
    SELECT batch_id, state, count(*), sum(tokens), sum(money), count(*) FILTER (WHERE unknown)
    FROM added GROUP BY batch_id, state ORDER BY batch_id, state
    ON CONFLICT (batch_id, state) DO UPDATE
    SET items = c.items + excluded.items, tokens = c.tokens + excluded.tokens,
        money = c.money + excluded.money, unknown = c.unknown + excluded.unknown;
    RETURN NULL;
END $$;
CREATE TRIGGER batch_items_added AFTER INSERT ON batch_items REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION batch_items_added();

CREATE FUNCTION batch_items_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO batch_counts AS c (batch_id, state, items, tokens, money, unknown)
    SELECT batch_id, state, sum(n), sum(n * tokens), sum(n * money), sum(n * unknown::int)
    FROM (SELECT batch_id, state, tokens, money, unknown, 1 AS n FROM after
          UNION ALL SELECT batch_id, state, tokens, money, unknown, -1 FROM before) AS moved
    GROUP BY batch_id, state ORDER BY batch_id, state
    ON CONFLICT (batch_id, state) DO UPDATE
    SET items = c.items + excluded.items, tokens = c.tokens + excluded.tokens,
        money = c.money + excluded.money, unknown = c.unknown + excluded.unknown;
    RETURN NULL;
END $$;
CREATE TRIGGER batch_items_moved AFTER UPDATE ON batch_items
    REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION batch_items_moved();

-- Runs in which nothing went out: figures leave them out.
CREATE INDEX run_metadata_dry ON run_metadata (created_at DESC, thread_id DESC) WHERE request ->> 'effects' = 'none';

-- Backtests: batches that replay past runs with effects: none; their items carry a report.
CREATE TABLE backtests (
    id          text PRIMARY KEY REFERENCES batches (id) ON DELETE CASCADE,
    reported_at timestamptz                        -- every item has its report
);
CREATE INDEX backtests_to_report ON backtests (id) WHERE reported_at IS NULL;

-- Schedules: start an SOP or rerun a run at given times.

CREATE TABLE schedules (
    id               text PRIMARY KEY,
    name             text NOT NULL,
    starts           jsonb,                        -- start request, or
    reruns           text,                         -- the run to repeat, with
    rerun            jsonb,                        -- a rerun request document
    cron             text,
    time_zone        text NOT NULL DEFAULT 'UTC',
    every_seconds    integer CHECK (every_seconds > 0),
    once_at          timestamptz,
    anchor           timestamptz NOT NULL DEFAULT now(),  -- intervals count from here
    overlap          text NOT NULL DEFAULT 'skip' CHECK (overlap IN ('skip', 'queue_one', 'allow', 'cancel_other')),
    catch_up_seconds integer NOT NULL DEFAULT 3600 CHECK (catch_up_seconds >= 0),
    paused           boolean NOT NULL DEFAULT false,
    note             text,                         -- why it is paused
    next_at          timestamptz,                  -- the first due time nobody has looked at; null: no more
    runs             integer NOT NULL DEFAULT 0,   -- how many it has started
    last_run         text,                         -- the last of them
    requested_by     jsonb NOT NULL,
    created_at       timestamptz NOT NULL DEFAULT now(),
    updated_at       timestamptz NOT NULL DEFAULT now(),
    CHECK (num_nonnulls(cron, every_seconds, once_at) = 1),
    CHECK (num_nonnulls(starts, reruns) = 1 AND (reruns IS NULL) = (rerun IS NULL))
);
CREATE INDEX schedules_due ON schedules (next_at) WHERE NOT paused AND next_at IS NOT NULL;
CREATE INDEX schedules_newest ON schedules (created_at DESC, id DESC);

-- Each due time once.
CREATE TABLE firings (
    schedule_id text NOT NULL REFERENCES schedules (id) ON DELETE CASCADE,
    due_at      timestamptz NOT NULL,
    why         text NOT NULL DEFAULT 'due' CHECK (why IN ('due', 'now', 'backfill')),
    state       text NOT NULL CHECK (state IN ('fired', 'queued', 'skipped', 'failed')),
    thread_id   text,                              -- the run it started
    reason      text,                              -- why skipped, queued or failed
    at          timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (schedule_id, due_at),
    CHECK ((state = 'fired') = (thread_id IS NOT NULL))
);
CREATE INDEX firings_old ON firings (at);
CREATE INDEX firings_run ON firings (thread_id) WHERE thread_id IS NOT NULL;
CREATE INDEX firings_queued ON firings (schedule_id, due_at) WHERE state = 'queued';

-- Policies: rerun by itself after a failure.

CREATE TABLE policies (
    id            text PRIMARY KEY,
    name          text NOT NULL,
    matches       jsonb NOT NULL DEFAULT '{}',     -- sop_name, metadata, skill; empty: every run
    rerun         jsonb NOT NULL,
    attempts      integer NOT NULL CHECK (attempts > 0),
    backoff       jsonb NOT NULL,                  -- first_seconds, factor, most_seconds, jitter
    error_types   text[],                          -- null: every type that may qualify
    family_cap    integer CHECK (family_cap > 0),  -- automatic reruns in one family
    window_cap    jsonb,                           -- {reruns, seconds}
    breaker       jsonb NOT NULL,                  -- {failures, seconds, rest_seconds}: of one skill
    manual_too    boolean NOT NULL DEFAULT false,  -- reruns that people asked for as well
    enabled       boolean NOT NULL DEFAULT true,
    note          text,
    requested_by  jsonb NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX policies_newest ON policies (created_at DESC, id DESC);

-- What a policy did about a failed run: once, whatever number of workers saw it.
CREATE TABLE policy_answers (
    policy_id text NOT NULL REFERENCES policies (id) ON DELETE CASCADE,
    failed    text NOT NULL,                       -- thread_id of the run that failed
    skill     text NOT NULL DEFAULT '',
    failed_at timestamptz NOT NULL,
    answer    text NOT NULL CHECK (answer IN ('rerun', 'given_up', 'held_back', 'refused', 'left')),
    thread_id text,                                -- its rerun
    attempt   integer NOT NULL DEFAULT 0,          -- how often this policy has rerun it, all its chain counted
    reason    text,
    at        timestamptz NOT NULL DEFAULT now(),
    again_at  timestamptz,                         -- of what is held back: looked at again from then on
    PRIMARY KEY (policy_id, failed),
    CHECK ((answer = 'rerun') = (thread_id IS NOT NULL)),
    CHECK (again_at IS NULL OR answer = 'held_back')
);
CREATE INDEX policy_answers_newest ON policy_answers (policy_id, at DESC, failed DESC);
CREATE INDEX policy_answers_skill ON policy_answers (policy_id, skill, failed_at);
CREATE INDEX policy_answers_failed ON policy_answers (failed);
CREATE INDEX policy_answers_again ON policy_answers (again_at) WHERE again_at IS NOT NULL;
CREATE INDEX policy_answers_waiting ON policy_answers (policy_id, again_at) WHERE again_at IS NOT NULL;
CREATE INDEX policy_answers_held ON policy_answers (policy_id, skill, at) WHERE answer = 'held_back';
CREATE UNIQUE INDEX policy_answers_run ON policy_answers (thread_id) WHERE thread_id IS NOT NULL;

-- A skill that fails too often rests: nothing is rerun by itself because of it.
CREATE TABLE breakers (
    policy_id  text NOT NULL REFERENCES policies (id) ON DELETE CASCADE,
    skill      text NOT NULL,
    opened_at  timestamptz NOT NULL,
    open_until timestamptz NOT NULL,               -- then one rerun is let through: the probe
    probe      text,                               -- thread_id of the probe under way
    closed_at  timestamptz,                        -- null: open
    held_back  integer NOT NULL DEFAULT 0,         -- failed runs since it opened
    PRIMARY KEY (policy_id, skill)
);
CREATE INDEX breakers_open ON breakers (open_until) WHERE closed_at IS NULL;

-- Outgoing webhooks and what has to be delivered to them.

CREATE TABLE webhooks (
    id           text PRIMARY KEY,
    url          text NOT NULL,
    events       text[] NOT NULL,
    secret       text NOT NULL,                    -- what deliveries are signed with; shown once
    old_secret   text,                             -- signs beside it while a secret is being replaced
    old_until    timestamptz,                      -- until then
    enabled      boolean NOT NULL DEFAULT true,
    note         text,                             -- why it is off
    requested_by jsonb NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    updated_at   timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX webhooks_newest ON webhooks (created_at DESC, id DESC);

CREATE TABLE deliveries (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    webhook_id   text NOT NULL,                    -- no key: runs end while a webhook is being deleted
    message_id   text NOT NULL,                    -- the same for every try: receivers drop what they had
    type         text NOT NULL,
    data         jsonb NOT NULL,
    at           timestamptz NOT NULL DEFAULT now(),
    state        text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'failed')),
    tries        jsonb NOT NULL DEFAULT '[]',      -- [{at, status, error, ms}]
    due_at       timestamptz DEFAULT now(),        -- tried from then on; null: no more
    CHECK ((state = 'pending') = (due_at IS NOT NULL))
);
CREATE INDEX deliveries_due ON deliveries (webhook_id, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX deliveries_newest ON deliveries (webhook_id, id DESC);
CREATE INDEX deliveries_old ON deliveries (at) WHERE state <> 'pending';

-- Write an event down for everybody who wants to hear of it, in the transaction that makes it true.
CREATE FUNCTION announce(event text, told jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO deliveries (webhook_id, message_id, type, data)
    SELECT w.id, 'msg_' || replace(gen_random_uuid()::text, '-', ''), event, told
    FROM webhooks w WHERE w.enabled AND event = ANY (w.events)
$$;

CREATE FUNCTION run_state_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status = 'failed' THEN
        PERFORM note_failure(NEW.thread_id, NEW.error, coalesce(NEW.finished_at, now()));
    END IF;
    PERFORM announce('run.' || NEW.status, jsonb_build_object(
        'thread_id', NEW.thread_id, 'root_thread_id', NEW.root_thread_id, 'status', NEW.status,
        'error', NEW.error - 'message'));
    RETURN NULL;
END $$;
CREATE TRIGGER run_state_moved AFTER UPDATE OF status ON run_state FOR EACH ROW
    WHEN (NEW.status IS DISTINCT FROM OLD.status AND NEW.status IN ('completed', 'failed', 'cancelled', 'waiting'))
    EXECUTE FUNCTION run_state_moved();

SELECT note_failure(s.thread_id, s.error, coalesce(s.finished_at, s.created_at), now())
FROM run_state s WHERE s.status = 'failed';

-- 0004_lists

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

CREATE TABLE alembic_version (version_num varchar(32) NOT NULL CONSTRAINT alembic_version_pkc PRIMARY KEY);
INSERT INTO alembic_version (version_num) VALUES ('0004_lists');
COMMIT;
