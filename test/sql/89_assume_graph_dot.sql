--
-- iam_assume_graph_dot
--
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set file :abs_srcdir '/fixtures/import/trusts.json'
\set document `cat :'file'`
\set file :abs_srcdir '/fixtures/import/other-account.json'
\set other `cat :'file'`
\pset tuples_only on
\pset format unaligned
-- no accounts, no edges
SELECT iam_assume_graph_dot();
BEGIN;
SELECT count(*) > 0 FROM iam_import(:'document');
SELECT count(*) > 0 FROM iam_import(:'other');
-- a name with what means something to Graphviz
INSERT INTO iam_account (account_id, name) VALUES ('444455556666', E'"R&D" \\N\n&lt;b>') ON CONFLICT (account_id) DO UPDATE SET name = excluded.name;
SELECT iam_assume_graph_dot();
-- edges that touch one account, services too
SELECT iam_assume_graph_dot('{444455556666}', include_services => true);
-- too many: those across accounts are drawn
SELECT iam_assume_graph_dot(max_edges => 3);
SELECT iam_assume_graph_dot(max_edges => 0);
-- keys that are given are no conditions
SELECT count(*) FILTER (WHERE line ~ 'label="aws:MultiFactorAuthPresent"' ), count(*) FILTER (WHERE line ~ '->') > 0
FROM regexp_split_to_table(iam_assume_graph_dot(context => '{"aws:MultiFactorAuthPresent": "true"}'), '\n') AS line;
-- the same whatever the plan
SET LOCAL enable_hashjoin = off; SET LOCAL enable_hashagg = off;
SELECT md5(iam_assume_graph_dot()) AS one \gset
SET LOCAL enable_hashjoin = on; SET LOCAL enable_hashagg = on; SET LOCAL enable_mergejoin = off; SET LOCAL enable_sort = off;
SELECT md5(iam_assume_graph_dot()) = :'one';
-- every edge and node of it can be drawn, where Graphviz is installed
SELECT iam_assume_graph_dot(include_services => true) AS dot,
	(SELECT count(*) FROM regexp_matches(iam_assume_graph_dot(include_services => true), ' -> ', 'g')) AS edges \gset
\setenv DOT :dot
\setenv EDGES :edges
\! if command -v dot >/dev/null 2>&1; then printf '%s' "$DOT" | dot -Tsvg 2>&1 | grep -c 'class="edge"' | grep -qx "$EDGES" || echo "dot does not draw $EDGES edges"; fi
\! if command -v dot >/dev/null 2>&1; then printf '%s' "$DOT" | dot -Tsvg 2>/dev/null | grep -qF '&quot;R&amp;D&quot; \N &amp;lt;b&gt; (444455556666)' || echo "dot shows another name"; fi
ROLLBACK;
