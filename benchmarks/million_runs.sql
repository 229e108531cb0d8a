-- What million_runs.py writes: first a plan of all runs, then, part by part ($1 to $2), the rows.

-- A number from 0 to below `most` that is always the same for one run and one question.
CREATE FUNCTION pg_temp.pick(run bigint, question integer, most integer) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT (hashint8extended(run, question) & 1073741823)::integer % most
$$;

CREATE FUNCTION pg_temp.digest(text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT encode(sha256(convert_to($1, 'UTF8')), 'hex')
$$;

-- The procedures, each with its share of all runs in percent, and the skills that it uses. One has been
-- given up, one is new, one is hardly ever asked for.
CREATE TEMP TABLE procedures AS
SELECT p.*, pg_temp.digest(sop) AS digest, sum(share) OVER (ORDER BY number) AS reaches
FROM (SELECT number, name, share, skills, since, till,
             '# ' || title || E'\n\nLook at the request, then use ' || array_to_string(skills, ', then ') || '.' AS sop
      FROM (VALUES
        (1, 'refunds', 'Refund an order', 300, '{fetch-order,decide-refund}'::text[], 0.0, 1.0),
        (2, 'invoices', 'Check an invoice', 220, '{read-invoice,match-order}', 0.0, 1.0),
        (3, 'claims', 'Settle a claim', 130, '{read-claim,assess-damage,pay-out}', 0.0, 1.0),
        (4, 'screening', 'Screen a supplier', 100, '{screen-name}', 0.0, 1.0),
        (5, 'onboarding', 'Set up a customer', 80, '{fetch-order,create-account,send-mail}', 0.0, 1.0),
        (6, 'returns', 'Take goods back', 60, '{fetch-order,book-courier}', 0.0, 1.0),
        (7, 'fax', 'Answer a fax', 60, '{read-fax,send-fax}', 0.0, 0.3),
        (8, 'prices', 'Compare prices', 19, '{fetch-prices,compare-prices}', 0.8, 1.0),
        (9, 'recalls', 'Recall a product', 1, '{find-buyers,send-mail}', 0.0, 1.0),
        (10, NULL, 'Do as the letter says', 30, '{read-letter,answer-letter}', 0.0, 1.0)
      ) AS v (number, name, title, share, skills, since, till)) AS p;

-- Who is whose rerun: every tenth run is one, mostly of an original, now and then of another rerun.
-- One original has a tenth of a percent of all runs below it.
CREATE TEMP TABLE plan AS
SELECT n, now() - interval '90 days' + (n - pg_temp.pick(n, 1, 1000) / 1000.0) / :runs * interval '90 days' AS created_at,
       CASE WHEN n % 10 <> 9 OR n < 1000 THEN NULL
            WHEN n BETWEEN :runs / 2 + 10 AND :runs / 2 + :runs / 100 THEN :runs / 2 - (:runs / 2) % 10 + 1
            WHEN n % 100 = 99 THEN n - 10 * (1 + pg_temp.pick(n, 2, 9))
            ELSE n - 10 * pg_temp.pick(n, 2, 60) - 1 - pg_temp.pick(n, 3, 9) END AS parent
FROM generate_series(1, :runs) AS n;
CREATE UNIQUE INDEX ON plan (n);
CREATE INDEX ON plan (parent);
ANALYZE plan;

CREATE TEMP TABLE runs AS
WITH RECURSIVE tree AS (
    SELECT n, created_at, parent, n AS root FROM plan WHERE parent IS NULL
    UNION ALL
    SELECT p.n, p.created_at, p.parent, t.root FROM tree t JOIN plan p ON p.parent = t.n
), numbered AS (
    SELECT t.*, CASE WHEN parent IS NOT NULL
                     THEN row_number() OVER (PARTITION BY root ORDER BY parent IS NULL, n) ELSE 0 END::integer AS number,
           count(*) FILTER (WHERE parent IS NOT NULL) OVER (PARTITION BY root)::integer AS reruns,
           (SELECT count(*) FROM plan c WHERE c.parent = t.n)::integer AS children,
           pg_temp.pick(t.root, 4, 1000) AS which, pg_temp.pick(t.n, 5, 10000) AS luck, t.n::numeric / :runs AS age,
           pg_temp.pick(t.n, 6, 5) = 0 AND parent IS NOT NULL AS dry, t.root::numeric / :runs AS root_age
    FROM tree t
)
SELECT r.*, p.number AS procedure, p.skills, 'run_' || lpad(r.n::text, 26, '0') AS thread_id,
       'run_' || lpad(r.root::text, 26, '0') || CASE WHEN r.number > 0 THEN '_rerun_' || r.number ELSE '' END AS rerun_id,
       CASE WHEN age > 0.9998 THEN CASE WHEN luck < 1000 THEN 'running' ELSE 'queued' END
            WHEN luck < 50 THEN 'recorded'
            WHEN age > 0.8 AND luck < 650 THEN 'waiting'
            WHEN luck < 250 THEN 'cancelled'
            WHEN children > 0 AND luck < 8000 OR luck < 850 THEN 'failed'
            ELSE 'completed' END AS status
FROM numbered r
JOIN LATERAL (SELECT * FROM procedures p WHERE p.reaches > r.which ORDER BY number LIMIT 1) AS first ON true
JOIN procedures p ON p.number = CASE WHEN r.root_age BETWEEN first.since AND first.till THEN first.number ELSE 2 END;
UPDATE runs SET thread_id = rerun_id WHERE number > 0;
CREATE UNIQUE INDEX ON runs (n);
ANALYZE runs;

-- What a later run has fixed, and what each run waits for.
INSERT INTO fixes (thread_id, fixed_by)
WITH RECURSIVE above AS (
    SELECT n AS fixed_by, parent FROM runs WHERE parent IS NOT NULL AND status = 'completed' AND NOT dry
    UNION
    SELECT a.fixed_by, r.parent FROM above a JOIN runs r ON r.n = a.parent WHERE r.parent IS NOT NULL
)
SELECT r.thread_id, f.thread_id FROM above a JOIN runs r ON r.n = a.parent JOIN runs f ON f.n = a.fixed_by;
CREATE FUNCTION pg_temp.reason(run bigint) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT (ARRAY['approval', 'approval', 'approval', 'callback', 'callback', 'retry', 'consent', 'in_doubt'])[
        1 + pg_temp.pick(run, 13, 8)]
$$;

-- A failure is of one of these kinds; its signature is made once, since numbers are left out of it.
CREATE TEMP TABLE kinds AS
SELECT kind, type, message, failure_signature(type, message || ' 1 ') AS signature
FROM (VALUES (0, 'skill-failed', 'the depot answered 503 to order'), (1, 'skill-failed', 'no stock for order'),
             (2, 'timeout', 'no answer within seconds'), (3, 'bad-output', 'the answer has no amount:'))
    AS v (kind, type, message);

INSERT INTO sop_texts (digest, sop) SELECT digest, sop FROM procedures ON CONFLICT DO NOTHING;

-- part
INSERT INTO run_metadata (
    thread_id, sop, initial_data, created_at, parent_thread_id, rerun_count, metadata, run_name, sop_name,
    root_thread_id, rerun_number, last_rerun_number, planner, request, requested_by, lane, sop_digest, search)
SELECT r.thread_id, p.sop, d.data, r.created_at, parent.thread_id, r.children, d.labels,
       replace(initcap(coalesce(p.name, 'letter')), '-', ' ') || ' ' || r.root, p.name,
       root.thread_id, r.number, CASE WHEN r.number = 0 THEN r.reruns ELSE 0 END, 'dataflow',
       CASE WHEN r.number > 0 THEN jsonb_build_object('format', 1, 'from', 'failure')
            || CASE WHEN r.dry THEN '{"effects": "none"}'::jsonb ELSE '{}' END END,
       jsonb_build_object('kind', 'person', 'name', 'ada'), CASE WHEN r.status <> 'recorded' THEN 2 END, p.digest,
       jsonb_build_object('d', d.data, 'm', d.labels)
FROM runs r JOIN procedures p ON p.number = r.procedure
JOIN runs root ON root.n = r.root LEFT JOIN runs parent ON parent.n = r.parent,
LATERAL (SELECT
    jsonb_build_object(
        'order', jsonb_build_object('id', r.root, 'total', 10 + pg_temp.pick(r.root, 7, 100000) / 100.0,
                                    'country', (ARRAY['de', 'fr', 'nl', 'us', 'jp'])[1 + pg_temp.pick(r.root, 8, 5)]),
        'customer', jsonb_build_object('id', pg_temp.pick(r.root, 9, 20000), 'name', 'Customer ' || pg_temp.pick(r.root, 9, 20000)),
        'note', 'Please look at this soon, order ' || r.root) AS data,
    jsonb_build_object('team', (ARRAY['north', 'south', 'east', 'west'])[1 + pg_temp.pick(r.root, 10, 4)],
                       'ticket', 'T-' || r.root, 'vip', pg_temp.pick(r.root, 11, 200) = 0) AS labels) AS d
WHERE r.n BETWEEN $1 AND $2;

-- part
INSERT INTO run_state (
    thread_id, status, epoch, version, created_at, root_thread_id, started_at, finished_at, wake_at, error,
    owned_ms, tokens, money, sop_name, dry, skills, attention)
SELECT r.thread_id, r.status, CASE WHEN r.status IN ('recorded', 'queued') THEN 0 ELSE 1 END, 10, r.created_at,
       root.thread_id, CASE WHEN r.status NOT IN ('recorded', 'queued') THEN r.created_at + interval '50 ms' END,
       CASE WHEN r.status IN ('completed', 'failed', 'cancelled') THEN r.created_at + interval '4 s' END,
       CASE WHEN r.status = 'queued' THEN now() + interval '30 days' END,
       CASE WHEN r.status = 'failed' THEN jsonb_build_object('type', k.type, 'message', k.message || ' ' || r.root,
            'skill', r.skills[1], 'seq', 2) END, 2000, 900, 0.0012,
       p.name, r.dry,
       CASE WHEN r.status NOT IN ('recorded', 'queued', 'running') THEN (
            SELECT array_agg(key ORDER BY key)
            FROM unnest(CASE r.status WHEN 'completed' THEN r.skills ELSE r.skills[1:1] END) AS used (skill),
            LATERAL (VALUES (skill), (skill || '@' || left(pg_temp.digest(skill || floor(r.age * 4)), 8)),
                            (skill || '#' || r.status)) AS k (key)) END,
       NOT r.dry AND (
            r.status = 'failed' AND r.luck % 20 <> 7
            OR r.status = 'waiting' AND pg_temp.reason(r.n) IN ('approval', 'consent', 'in_doubt'))
FROM runs r JOIN runs root ON root.n = r.root JOIN procedures p ON p.number = r.procedure JOIN kinds k ON k.kind = pg_temp.pick(r.root, 12, 4)
WHERE r.n BETWEEN $1 AND $2;

-- part
INSERT INTO run_steps (
    thread_id, seq, decision, kind, skill, skill_digest, status, reason, inputs, outputs, digests, fingerprint,
    reused_from, error, started_at, finished_at, version)
SELECT r.thread_id, s.seq, s.seq - (s.seq + 1) % 2, CASE WHEN s.skill IS NULL THEN 'decision' ELSE 'skill' END,
       s.skill, pg_temp.digest(s.skill || floor(r.age * 4)), s.status, 'its inputs are there',
       CASE WHEN s.skill IS NOT NULL THEN '{"order.id": 0, "customer.id": 0}'::jsonb END,
       CASE WHEN s.status = 'completed' THEN CASE WHEN s.skill IS NULL
            THEN jsonb_build_object('run', jsonb_build_array(r.skills[(s.seq + 1) / 2]))
            ELSE jsonb_build_object(s.skill, jsonb_build_object('order', r.root, 'decided', true)) END END,
       CASE WHEN s.skill IS NOT NULL THEN jsonb_build_object(s.skill, left(pg_temp.digest(s.skill || r.root), 32)) END,
       CASE WHEN s.skill IS NOT NULL THEN pg_temp.digest(s.skill || r.root || s.status) END,
       CASE WHEN r.number > 0 AND s.skill = r.skills[1] AND s.status = 'completed'
            THEN jsonb_build_object('thread_id', parent.thread_id, 'seq', 2) END,
       CASE WHEN s.status = 'failed' THEN '{"type": "skill-failed", "message": "no"}'::jsonb END,
       r.created_at + s.seq * interval '300 ms',
       CASE WHEN s.status IN ('completed', 'failed') THEN r.created_at + s.seq * interval '400 ms' END, s.seq * 2
FROM runs r LEFT JOIN runs parent ON parent.n = r.parent
CROSS JOIN LATERAL (
    SELECT n AS seq, CASE WHEN n % 2 = 0 THEN r.skills[n / 2] END AS skill,
           CASE WHEN n < 2 THEN 'completed' WHEN n > 2 THEN 'completed'
                WHEN r.status = 'failed' THEN 'failed' WHEN r.status = 'waiting' THEN 'waiting'
                WHEN r.status = 'running' THEN 'started' ELSE 'completed' END AS status
    FROM generate_series(1, CASE r.status WHEN 'completed' THEN 2 * cardinality(r.skills) + 1 WHEN 'failed' THEN 3
                            ELSE 2 END) AS n) AS s
WHERE r.n BETWEEN $1 AND $2 AND r.status NOT IN ('recorded', 'queued');

-- part
INSERT INTO failures (thread_id, skill, skill_digest, error_type, signature, failed_at, looked_at, dismissed_at, dismissed_by)
SELECT r.thread_id, r.skills[1], pg_temp.digest(r.skills[1] || floor(r.age * 4)), k.type, k.signature,
       r.created_at + interval '4 s', now(), CASE WHEN r.luck % 20 = 7 THEN now() END,
       CASE WHEN r.luck % 20 = 7 THEN '{"kind": "person", "name": "ada"}'::jsonb END
FROM runs r JOIN kinds k ON k.kind = pg_temp.pick(r.root, 12, 4)
WHERE r.n BETWEEN $1 AND $2 AND r.status = 'failed' AND NOT r.dry;

-- part
INSERT INTO waits (thread_id, seq, skill, reason, since, asks)
SELECT thread_id, 2, skills[1], pg_temp.reason(n), created_at + interval '1 s', '{"subject": "Is this right?"}'
FROM runs WHERE n BETWEEN $1 AND $2 AND status = 'waiting';
