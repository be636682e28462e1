/*
 * The picture of who can assume what, as Graphviz text: edges of iam_assume_step,
 * in an order that does not depend on the plan.
 */

CREATE FUNCTION iam_dot_string(value text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
/* backslashes begin escapes in labels, and Graphviz reads HTML entities in them */
RETURN '"' || regexp_replace(replace(replace(replace(coalesce(value, ''), '\', '\\'), '"', '\"'), '&', '&amp;'), '[[:cntrl:]]', ' ', 'g') || '"';
COMMENT ON FUNCTION iam_dot_string(text) IS 'A text as a quoted string of the DOT language, which Graphviz shows as it is';

/*
 * A role that can assume itself has no edge for that.  When there are more edges
 * than max_edges, those across accounts come first.
 */
CREATE FUNCTION iam_assume_graph_dot(account_ids text[] DEFAULT NULL, include_services boolean DEFAULT false, max_edges integer DEFAULT 2000,
									 context json DEFAULT '{}', unknown_context boolean DEFAULT true)
RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE COST 1000000
SET jit = off	/* compiling the query takes far longer than running it */
BEGIN ATOMIC
	WITH found AS MATERIALIZED (
		SELECT s.principal AS source, s.kind, s.account_id AS source_account, i.arn::text AS target, i.account_id AS target_account,
			   s.decision = 'conditional' AS conditional,
			   s.kind = 'any principal' OR s.account_id <> i.account_id AND s.kind <> 'service' AS crosses,
			   (SELECT string_agg(k.key, ', ' ORDER BY k.key COLLATE "C")
				FROM (SELECT DISTINCT v.value #>> '{}' AS key FROM jsonb_path_query(s.conditions, 'strict $.**.key') AS v (value)) AS k) AS keys
		FROM iam_assume_step((SELECT array_agg(r.arn) FROM iam_identity AS r WHERE r.kind = 'role'),
							 coalesce(context, '{}'), coalesce(unknown_context, true), false) AS s
		JOIN iam_identity AS i ON i.arn = s.role_arn AND i.kind = 'role'
		WHERE s.principal <> i.arn::text
			AND (coalesce(include_services, false) OR s.kind <> 'service')
			AND (account_ids IS NULL OR s.account_id = ANY (account_ids) OR i.account_id = ANY (account_ids))),
	edge AS MATERIALIZED (
		SELECT f.*
		FROM (SELECT f.*, row_number() OVER (ORDER BY f.crosses DESC NULLS LAST, f.source COLLATE "C", f.target COLLATE "C") AS n FROM found AS f) AS f
		WHERE f.n <= coalesce(max_edges, 2000)),
	node AS MATERIALIZED (
		SELECT n.id, min(n.kind) AS kind, min(n.account) AS account
		FROM (SELECT e.source, e.kind, e.source_account FROM edge AS e
			  UNION ALL SELECT e.target, 'role', e.target_account FROM edge AS e) AS n (id, kind, account)
		GROUP BY n.id),
	drawn AS (
		SELECT n.id, n.account,
			   format('%s [label=%s, shape=%s];', iam_dot_string(n.id),
					  iam_dot_string(CASE n.kind
						WHEN 'any principal' THEN 'anyone'
						WHEN 'account' THEN 'account ' || n.account
						WHEN 'provider' THEN regexp_replace(n.id, '^.*:(oidc|saml)-provider/', '')
						WHEN 'service' THEN n.id
						ELSE regexp_replace(n.id, '^arn:[^:]*:[^:]*:[^:]*:[^:]*:[^/]*/', '') END),
					  CASE n.kind WHEN 'user' THEN 'ellipse' WHEN 'role' THEN 'box' WHEN 'account' THEN 'folder' WHEN 'service' THEN 'hexagon'
								  WHEN 'provider' THEN 'octagon' WHEN 'any principal' THEN 'doublecircle' ELSE 'parallelogram' END) AS line
		FROM node AS n),
	cluster AS (
		SELECT d.account,
			   format(E'\tsubgraph %s {\n\t\tlabel=%s;\n\t\tstyle=rounded;\n%s\n\t}', iam_dot_string('cluster_' || d.account),
					  iam_dot_string(coalesce(min(a.name) || ' (' || d.account || ')', d.account)),
					  string_agg(E'\t\t' || d.line, E'\n' ORDER BY d.id COLLATE "C")) AS lines
		FROM drawn AS d
		LEFT JOIN iam_account AS a ON a.account_id = d.account
		WHERE d.account IS NOT NULL
		GROUP BY d.account),
	line (part, key, target, text) AS (
		SELECT 0, '', '', E'digraph iam {\n'
			|| E'\t/* dashed: on conditions, the label says which keys; red: from another account */\n'
			|| E'\tgraph [rankdir=LR, fontname="Helvetica"];\n'
			|| E'\tnode [fontname="Helvetica", fontsize=11];\n'
			|| E'\tedge [fontname="Helvetica", fontsize=9];'
		UNION ALL
		SELECT 1, '', '', format(E'\tlabel=%s;', iam_dot_string(format('%s more edges are not drawn', c.all_edges - c.edges)))
		FROM (SELECT (SELECT count(*) FROM found) AS all_edges, (SELECT count(*) FROM edge) AS edges) AS c
		WHERE c.all_edges > c.edges
		UNION ALL
		SELECT 2, c.account, '', c.lines FROM cluster AS c
		UNION ALL
		SELECT 3, d.id, '', E'\t' || d.line FROM drawn AS d WHERE d.account IS NULL
		UNION ALL
		SELECT 4, e.source, e.target,
			   format(E'\t%s -> %s%s;', iam_dot_string(e.source), iam_dot_string(e.target),
					  ' [' || nullif(concat_ws(', ', CASE WHEN e.conditional THEN 'style=dashed' END,
											   CASE WHEN e.crosses THEN 'color=red, penwidth=2' END,
											   CASE WHEN e.keys <> '' THEN 'label=' || iam_dot_string(e.keys) END), '') || ']')
		FROM edge AS e
		UNION ALL
		SELECT 5, '', '', '}')
	SELECT string_agg(l.text, E'\n' ORDER BY l.part, l.key COLLATE "C", l.target COLLATE "C") || E'\n'
	FROM line AS l;
END;
COMMENT ON FUNCTION iam_assume_graph_dot(text[], boolean, integer, json, boolean) IS 'Who can assume what as Graphviz text: accounts as clusters, edges on conditions dashed, edges across accounts red; with accounts given, the edges that begin or end in one of them';
