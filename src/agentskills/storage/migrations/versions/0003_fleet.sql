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
