-- Failures, batches, schedules, policies, outgoing webhooks. Rows that are due are claimed like runs.

-- Failures: one row per run that ended failed. Policies look at each once; people group and dismiss them.

-- What failures of one kind have in common: type and message without numbers, ids, times, addresses, quoted values.
CREATE FUNCTION failure_signature(type text, message text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT type || ': ' || left(trim(regexp_replace(regexp_replace(coalesce(message, ''),
        '\S*\d\S*', '#', 'g'), '\s+', ' ', 'g')), 300)
$$;

CREATE TABLE failures (
    thread_id    text PRIMARY KEY REFERENCES run_state (thread_id) ON DELETE CASCADE,
    skill        text NOT NULL DEFAULT '',         -- that failed; empty: none did, such as a decision or a limit
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

-- Batches: a bulk rerun with items, progress and an end.

CREATE TABLE batches (
    id            text PRIMARY KEY,
    kind          text NOT NULL DEFAULT 'batch' CHECK (kind IN ('batch', 'backtest')),
    name          text NOT NULL,
    reason        text,
    filter        jsonb,                           -- the list's own object, its times frozen; null: chosen by id
    rerun         jsonb NOT NULL,                  -- rerun request document
    status        text NOT NULL DEFAULT 'running' CHECK (status IN ('running', 'paused', 'completed', 'aborted')),
    note          text,                            -- why it is paused or aborted
    only_open     boolean NOT NULL DEFAULT true,
    newest_first  boolean NOT NULL DEFAULT false,
    order_by_key  text,                            -- data path: the same value goes one at a time, in order
    concurrency   integer NOT NULL DEFAULT 100 CHECK (concurrency > 0),
    budget        jsonb NOT NULL DEFAULT '{}',     -- tokens, money
    most          integer CHECK (most > 0),        -- take no more items than this
    canary        integer CHECK (canary > 0),      -- first so many items, then the gate
    gate          jsonb,                           -- what must hold of each of the first; null: that it succeeded
    gate_passed   boolean NOT NULL DEFAULT false,
    most_failed   double precision CHECK (most_failed >= 0 AND most_failed < 1),  -- share at which it stops
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
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (batch_id, source),
    UNIQUE (batch_id, position)
);
CREATE INDEX batch_items_state ON batch_items (batch_id, state, position);
CREATE INDEX batch_items_key ON batch_items (batch_id, key, position) WHERE key IS NOT NULL;
CREATE INDEX batch_items_run ON batch_items (thread_id) WHERE thread_id IS NOT NULL;

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
CREATE INDEX policy_answers_skill ON policy_answers (policy_id, skill, at);
CREATE INDEX policy_answers_failed ON policy_answers (failed);
CREATE INDEX policy_answers_again ON policy_answers (again_at) WHERE again_at IS NOT NULL;
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
    webhook_id   text NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
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

-- Write an event down for everybody who wants to hear of it, in the transaction that makes it true.
CREATE FUNCTION announce(event text, told jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO deliveries (webhook_id, message_id, type, data)
    SELECT w.id, 'msg_' || replace(gen_random_uuid()::text, '-', ''), event, told
    FROM webhooks w WHERE w.enabled AND event = ANY (w.events)
$$;

CREATE FUNCTION run_state_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status = 'failed' THEN
        INSERT INTO failures (thread_id, skill, error_type, signature, failed_at)
        VALUES (NEW.thread_id, coalesce(NEW.error ->> 'skill', ''), coalesce(NEW.error ->> 'type', 'failed'),
                failure_signature(coalesce(NEW.error ->> 'type', 'failed'), NEW.error ->> 'message'),
                coalesce(NEW.finished_at, now()))
        ON CONFLICT DO NOTHING;
    END IF;
    PERFORM announce('run.' || NEW.status, jsonb_build_object(
        'thread_id', NEW.thread_id, 'root_thread_id', NEW.root_thread_id, 'status', NEW.status,
        'error', NEW.error - 'message'));
    RETURN NULL;
END $$;
CREATE TRIGGER run_state_moved AFTER UPDATE OF status ON run_state FOR EACH ROW
    WHEN (NEW.status IS DISTINCT FROM OLD.status AND NEW.status IN ('completed', 'failed', 'cancelled', 'waiting'))
    EXECUTE FUNCTION run_state_moved();

INSERT INTO failures (thread_id, skill, error_type, signature, failed_at, looked_at)
SELECT s.thread_id, coalesce(s.error ->> 'skill', ''), coalesce(s.error ->> 'type', 'failed'),
       failure_signature(coalesce(s.error ->> 'type', 'failed'), s.error ->> 'message'), s.finished_at, now()
FROM run_state s WHERE s.status = 'failed';
