/*
 * What a user or role can do at all (EFF-1, EFF-3): each action of the catalogue,
 * or an action its policies name that the catalogue does not know, on each
 * resource pattern that an Allow statement gives.
 *
 * A pattern is asked about like a resource with wildcards: what the Deny
 * statements take away of it and what boundary, SCPs and NotResource elements
 * leave of it come back as conditions on the resource, and become the excepted
 * patterns and narrower patterns.  A Deny under a condition stays a condition.
 *
 * Patterns without an account are taken to mean the principal's own.  What only
 * the other side can say is unknown here: the policy of a resource in another
 * account, of a KMS key, of a role to assume.
 */

CREATE TYPE iam_permission AS (
	action text,
	access_level text,
	resource_pattern text,
	except_patterns text[],
	decision iam_decision,
	conditions jsonb,
	granted_by text[]
);
COMMENT ON TYPE iam_permission IS 'An action on all resources of a pattern but the excepted ones, with the statements that grant it';

/* A Resource pattern with the variables that are known for a principal put in, others as *. */
CREATE FUNCTION iam_pattern_for(pattern text, variables jsonb) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT CASE WHEN pattern NOT LIKE '%${%' THEN pattern ELSE (
		SELECT string_agg(CASE
				WHEN p.part NOT LIKE '${%}' OR p.part IN ('${*}', '${?}', '${$}') THEN p.part
				ELSE coalesce(replace(replace(replace(variables ->> lower(substr(p.part, 3, length(p.part) - 3)), '$', '${$}'), '*', '${*}'), '?', '${?}'), '*')
				END, '' ORDER BY p.n)
		FROM (SELECT m.part[1] AS part, m.n
			  FROM regexp_matches(pattern, '(\$\{[^}]*\}|[^$]+|\$)', 'g') WITH ORDINALITY AS m (part, n)) AS p) END;
END;
COMMENT ON FUNCTION iam_pattern_for(text, jsonb) IS 'A Resource pattern with known policy variables replaced by their values and unknown ones by *';

/* What a tree of conditions is made of: the members of a top-level all, or the tree itself. */
CREATE FUNCTION iam_condition_items(conditions jsonb) RETURNS SETOF jsonb
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE ROWS 3
BEGIN ATOMIC
	SELECT i.item
	FROM jsonb_array_elements(CASE WHEN conditions ? 'all' THEN conditions -> 'all' ELSE jsonb_build_array(conditions) END) AS i (item);
END;
COMMENT ON FUNCTION iam_condition_items(jsonb) IS 'The conditions that all must hold in a tree of conditions';

/* Verdicts on many pairs of an action and a pattern, in their order. */
CREATE FUNCTION iam_permission_verdicts(principal text, actions text[], patterns text[], context json, unknown_context boolean)
RETURNS TABLE (ordinal bigint, decision iam_decision, conditions jsonb)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1000
BEGIN ATOMIC
	WITH who AS MATERIALIZED (
		SELECT c.*, q.request::text::jsonb AS document
		FROM iam_resolve_caller(principal) AS c
		CROSS JOIN LATERAL iam_resolve_resource('iam:ListUsers', '*', context, c.account, unknown_context, c.account) AS q),
	asked AS (
		SELECT u.ordinal, u.action, u.pattern,
			   coalesce(substring(u.pattern FROM '^arn:[^:]*:[^:]*:[^:]*:([0-9]{12}):') <> w.account, false) AS is_foreign
		FROM unnest(actions, patterns) WITH ORDINALITY AS u (action, pattern, ordinal)
		CROSS JOIN who AS w),
	target AS MATERIALIZED (
		SELECT a.ordinal, a.is_foreign, w.caller,
			   CASE WHEN lower(a.action) IN ('sts:assumerole', 'sts:assumerolewithsaml', 'sts:assumerolewithwebidentity', 'sts:tagsession',
											 'sts:setsourceidentity', 'sts:setcontext') THEN 'trust'
					WHEN a.is_foreign OR a.pattern LIKE 'arn:%:kms:%' THEN 'resource' END::iam_policy_kind AS other,
			   (CASE WHEN a.is_foreign
					 THEN w.document || jsonb_build_object('resource_account', substring(a.pattern FROM '^arn:[^:]*:[^:]*:[^:]*:([0-9]{12}):'),
							'resource_facts', jsonb_build_object('current_time', w.document #> '{resource_facts,current_time}',
																 'epoch_time', w.document #> '{resource_facts,epoch_time}'))
					 ELSE w.document END || jsonb_build_object('action', a.action, 'resource', a.pattern))::text::iam_request AS request
		FROM asked AS a
		CROSS JOIN who AS w),
	own AS MATERIALIZED (
		SELECT CASE WHEN p.is_boundary THEN 'boundary' ELSE 'identity' END::iam_policy_kind AS kind, 0 AS level, p.policy, true AS present
		FROM who AS w
		JOIN iam_identity_policy AS p ON p.account_id = w.account AND p.identity_arn = w.identity
		UNION ALL
		SELECT 'scp', p.level, p.policy, p.present
		FROM who AS w
		CROSS JOIN LATERAL iam_control_policies(w.account, 'SERVICE_CONTROL_POLICY') AS p
		UNION ALL
		SELECT 'rcp', p.level, p.policy, p.present
		FROM who AS w
		CROSS JOIN LATERAL iam_control_policies(w.account, 'RESOURCE_CONTROL_POLICY') AS p
		UNION ALL
		SELECT 'identity', 0, NULL, false),
	applicable AS (
		SELECT t.ordinal, p.kind, p.level,
			   CASE WHEN p.present THEN iam_policy_effect(p.policy, p.kind, t.request, t.caller) END AS effect
		FROM target AS t
		CROSS JOIN own AS p
		WHERE (p.kind <> 'rcp' OR NOT t.is_foreign)
			AND (p.kind <> 'identity' OR p.policy IS NULL OR iam_policy_may_match(p.policy, t.request))
		UNION ALL
		SELECT t.ordinal, t.other, 0, iam_policy_effect(NULL, t.other, t.request, t.caller)
		FROM target AS t
		WHERE t.other IS NOT NULL)
	SELECT t.ordinal, iam_decide(t.request, t.caller, a.kind, a.level, a.effect),
		   iam_decide_conditions(t.request, t.caller, a.kind, a.level, a.effect)
	FROM target AS t
	JOIN applicable AS a ON a.ordinal = t.ordinal
	GROUP BY t.ordinal;
END;
COMMENT ON FUNCTION iam_permission_verdicts(text, text[], text[], json, boolean) IS 'Verdicts on pairs of an action and a resource pattern by the principal''s side: identity policies, boundary and organization';

CREATE FUNCTION iam_effective_permissions(principal text, context json DEFAULT '{}', unknown_context boolean DEFAULT true,
										  include_denied boolean DEFAULT false)
RETURNS SETOF iam_permission
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 1000 COST 1000000
SET search_path = pg_catalog, @extschema@, pg_temp SET jit = off
AS $$
#variable_conflict use_column
DECLARE
	v_caller record;
	v_variables jsonb;
	v_partition text;
	v_pending iam_permission[];
	v_evaluated iam_permission[];
	v_done iam_permission[] := '{}';
BEGIN
	IF principal IS NULL THEN
		RETURN;
	END IF;
	SELECT * INTO v_caller FROM iam_resolve_caller(principal);
	IF v_caller.identity IS NULL THEN
		RAISE EXCEPTION 'the tables hold no policies of "%"', left(principal, 256)
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Give the ARN of a user or role in iam_identity.';
	END IF;
	v_partition := arn_partition(v_caller.identity);
	SELECT jsonb_strip_nulls(jsonb_build_object('aws:username', CASE WHEN i.kind = 'user' THEN i.name END,
				'aws:principalaccount', i.account_id, 'aws:principalarn', i.arn::text,
				'aws:userid', CASE WHEN i.kind = 'user' THEN i.unique_id END))
		   || coalesce((SELECT jsonb_object_agg('aws:principaltag/' || lower(t.key), t.value) FROM jsonb_each_text(i.tags) AS t), '{}')
		   || coalesce((SELECT jsonb_object_agg(lower(c.key), c.value #>> '{}') FROM json_each(context) AS c
						WHERE json_typeof(c.value) = 'string'), '{}')
	INTO v_variables
	FROM iam_identity AS i
	WHERE i.account_id = v_caller.account AND i.arn = v_caller.identity;

	/* whatever a policy that could not be read may give */
	RETURN QUERY
		SELECT '*', NULL, '*', '{}'::text[], 'conditional'::iam_decision, jsonb_build_object('effect', 'allow', 'unreadable', p.name), ARRAY[p.name]
		FROM iam_identity_policy AS p
		WHERE p.account_id = v_caller.account AND p.identity_arn = v_caller.identity AND NOT p.is_boundary AND p.policy IS NULL;

	WITH granting AS MATERIALIZED (
		SELECT row_number() OVER () AS id, p.name || '#' || s.ordinal AS granted_by, s.actions, s.not_actions,
			   CASE WHEN s.resources IS NULL THEN ARRAY['*'] ELSE s.resources END AS resources,
			   (p.policy::json ->> 'Version') IS NOT DISTINCT FROM '2012-10-17' AS has_variables
		FROM iam_identity_policy AS p
		CROSS JOIN LATERAL iam_policy_statements(p.policy) AS s
		WHERE p.account_id = v_caller.account AND p.identity_arn = v_caller.identity AND NOT p.is_boundary AND s.effect = 'Allow'),
	action_pattern AS MATERIALIZED (
		SELECT g.id, a.pattern, lower(split_part(a.pattern, ':', 1)) AS service, lower(substr(a.pattern, strpos(a.pattern, ':') + 1)) AS name
		FROM granting AS g CROSS JOIN LATERAL unnest(g.actions) AS a (pattern)),
	known AS MATERIALIZED (
		SELECT DISTINCT p.id, p.pattern, a.service, a.name, a.access_level
		FROM action_pattern AS p
		JOIN iam_action AS a ON a.service = p.service AND lower(a.name) = p.name
		WHERE p.pattern !~ '[*?]'
		UNION
		SELECT p.id, p.pattern, a.service, a.name, a.access_level
		FROM action_pattern AS p
		JOIN iam_action AS a ON a.service = p.service AND iam_action_matches(p.pattern, a.service || ':' || a.name)
		WHERE p.pattern ~ '[*?]' AND p.service !~ '[*?]'
		UNION
		SELECT p.id, p.pattern, a.service, a.name, a.access_level
		FROM action_pattern AS p
		JOIN iam_action AS a ON iam_action_matches(p.pattern, a.service || ':' || a.name)
		WHERE p.service ~ '[*?]'),
	granted AS (
		SELECT DISTINCT k.id, k.service || ':' || k.name AS action, k.access_level, k.service, k.name
		FROM known AS k
		UNION ALL
		SELECT g.id, a.service || ':' || a.name, a.access_level, a.service, a.name
		FROM granting AS g
		CROSS JOIN iam_action AS a
		WHERE g.not_actions IS NOT NULL
			AND NOT EXISTS (SELECT FROM unnest(g.not_actions) AS n (pattern) WHERE iam_action_matches(n.pattern, a.service || ':' || a.name))
		UNION ALL
		SELECT p.id, p.pattern, NULL, p.service, NULL
		FROM action_pattern AS p
		WHERE p.service ~ '^[a-z0-9-]+$' AND p.name ~ '^[a-z0-9*?]+$'
			AND NOT EXISTS (SELECT FROM known AS k WHERE k.id = p.id AND k.pattern = p.pattern)),
	resource AS MATERIALIZED (
		SELECT g.id, g.granted_by, v.pattern, v.pattern ~ '^\*+$' AS any_resource
		FROM granting AS g
		CROSS JOIN LATERAL unnest(g.resources) AS r (pattern)
		CROSS JOIN LATERAL (SELECT CASE WHEN g.has_variables THEN iam_pattern_for(r.pattern, v_variables)
										ELSE replace(r.pattern, '${', '${$}{') END) AS v (pattern)
		WHERE v.pattern ~ '^\*+$' OR v.pattern ~ '^arn:([^:]*:){4}'),
	/* types of resources that a pattern reaches */
	fit AS MATERIALIZED (
		SELECT DISTINCT p.pattern, t.service, t.name
		FROM (SELECT DISTINCT r.pattern FROM resource AS r WHERE NOT r.any_resource) AS p
		JOIN iam_resource_type AS t
			ON p.pattern::arn_pattern && regexp_replace(t.arn_format, '\$\{[^}]*\}', '*', 'g')::arn_pattern),
	reach AS MATERIALIZED (
		SELECT DISTINCT f.pattern, x.service, x.action
		FROM fit AS f
		JOIN iam_action_resource AS x ON x.service = f.service AND x.resource_type = f.name),
	cell AS (
		SELECT DISTINCT g.action, g.access_level, r.granted_by,
			   CASE WHEN NOT r.any_resource THEN r.pattern ELSE '*' END AS pattern
		FROM granted AS g
		JOIN resource AS r ON r.id = g.id
		WHERE r.any_resource OR g.name IS NULL
			OR (r.pattern, g.service, g.name) IN (SELECT h.pattern, h.service, h.action FROM reach AS h))
	SELECT array_agg(ROW(c.action, c.access_level, c.pattern, '{}'::text[], NULL, NULL, c.granted_by)::iam_permission)
	INTO v_pending
	FROM (SELECT c.action, min(c.access_level) AS access_level, c.pattern, array_agg(c.granted_by ORDER BY c.granted_by) AS granted_by
		  FROM cell AS c
		  GROUP BY c.action, c.pattern) AS c;

	/* narrowed by one condition on the resource a round */
	FOR v_round IN 1 .. 12 LOOP
		EXIT WHEN v_pending IS NULL;
		WITH cell AS MATERIALIZED (
			SELECT p.*, p.ordinality AS n,
				   CASE WHEN p.action ~ '[*?]' THEN regexp_replace(p.action, '[*?]+', 'X', 'g') ELSE p.action END AS representative,
				   CASE WHEN p.resource_pattern <> '*' THEN p.resource_pattern
						WHEN p.access_level IS NULL THEN format('arn:%s:%s:*:*:*', v_partition, split_part(p.action, ':', 1))
						WHEN t.services IS NULL THEN '*'
						ELSE format('arn:%s:%s:*:*:*', v_partition, CASE WHEN array_length(t.services, 1) = 1 THEN t.services[1] ELSE '*' END)
						END AS asked
			FROM unnest(v_pending) WITH ORDINALITY AS p
			LEFT JOIN (SELECT x.service, x.action, array_agg(DISTINCT split_part(y.arn_format, ':', 3)) AS services
					   FROM iam_action_resource AS x
					   JOIN iam_resource_type AS y ON y.service = x.service AND y.name = x.resource_type
					   GROUP BY x.service, x.action) AS t
				ON t.service = split_part(p.action, ':', 1) AND t.action = split_part(p.action, ':', 2))
		SELECT array_agg(ROW(c.action, c.access_level, c.resource_pattern, c.except_patterns, v.decision, v.conditions,
							 /* the asked pattern travels in front until the end of the round */
							 c.asked || c.granted_by)::iam_permission)
		INTO v_evaluated
		FROM cell AS c
		JOIN iam_permission_verdicts(principal, (SELECT array_agg(c.representative ORDER BY c.n) FROM cell AS c),
									 (SELECT array_agg(c.asked ORDER BY c.n) FROM cell AS c),
									 iam_effective_permissions.context, coalesce(iam_effective_permissions.unknown_context, true)) AS v
			ON v.ordinal = c.n;

		/* patterns that are left of a cell, where some condition is on the resource alone */
		WITH cell AS MATERIALIZED (
			SELECT e.ordinality AS n, e.granted_by[1] AS asked, e.*
			FROM unnest(v_evaluated) WITH ORDINALITY AS e),
		required AS (
			SELECT c.n, c.asked, i.place, array_agg(q.pattern) FILTER (WHERE q.pattern IS NOT NULL) AS patterns
			FROM cell AS c
			CROSS JOIN LATERAL (SELECT row_number() OVER () AS place, x.item FROM iam_condition_items(c.conditions) AS x (item)) AS i
			CROSS JOIN LATERAL jsonb_array_elements(CASE WHEN i.item ? 'any' THEN i.item -> 'any' ELSE jsonb_build_array(i.item) END) AS m (member)
			CROSS JOIN LATERAL (
				SELECT CASE
					WHEN m.member ->> 'resource' LIKE '%${%' THEN NULL
					WHEN c.asked::arn_pattern @> (m.member ->> 'resource')::arn_pattern THEN ARRAY[m.member ->> 'resource']
					WHEN NOT c.asked::arn_pattern && (m.member ->> 'resource')::arn_pattern THEN '{}'
					ELSE iam_arn_pattern_intersection(c.asked::arn_pattern, (m.member ->> 'resource')::arn_pattern)::text[] END) AS w (patterns)
			LEFT JOIN LATERAL unnest(w.patterns) AS q (pattern) ON true
			GROUP BY c.n, c.asked, i.place
			HAVING bool_and(w.patterns IS NOT NULL)),
		chosen AS (
			SELECT DISTINCT ON (r.n) r.n, r.asked, r.patterns FROM required AS r ORDER BY r.n, r.place)
		SELECT array_agg(ROW(c.action, c.access_level, q.pattern, '{}'::text[], NULL, NULL, c.granted_by[2:])::iam_permission)
				   FILTER (WHERE h.n IS NOT NULL AND v_round < 12 AND h.asked::arn_pattern @> q.pattern::arn_pattern),
			   array_agg(ROW(c.action, c.access_level, c.resource_pattern, c.except_patterns, c.decision, c.conditions, c.granted_by[2:])::iam_permission)
				   FILTER (WHERE h.n IS NULL OR v_round = 12)
		INTO v_pending, v_evaluated
		FROM cell AS c
		LEFT JOIN chosen AS h ON h.n = c.n
		LEFT JOIN LATERAL unnest(h.patterns) AS q (pattern) ON v_round < 12;

		v_done := v_done || v_evaluated;
	END LOOP;

	RETURN QUERY
		SELECT e.action, e.access_level, e.resource_pattern, x.except_patterns,
			   CASE WHEN e.decision < 'conditional' THEN e.decision WHEN x.conditions IS NULL THEN 'allowed' ELSE 'conditional' END,
			   x.conditions, e.granted_by
		FROM unnest(v_done) AS e
		CROSS JOIN LATERAL (
			SELECT coalesce(array_agg(i.item #>> '{not,resource}' ORDER BY i.item #>> '{not,resource}' COLLATE "C")
							FILTER (WHERE i.item #>> '{not,resource}' IS NOT NULL), '{}') AS except_patterns,
				   CASE count(*) FILTER (WHERE i.item #>> '{not,resource}' IS NULL)
						WHEN 0 THEN NULL
						WHEN 1 THEN (jsonb_agg(i.item) FILTER (WHERE i.item #>> '{not,resource}' IS NULL)) -> 0
						ELSE jsonb_build_object('all', jsonb_agg(i.item) FILTER (WHERE i.item #>> '{not,resource}' IS NULL)) END AS conditions
			FROM (SELECT c.item FROM iam_condition_items(e.conditions) AS c (item)
				  UNION ALL
				  /* the catalogue does not know which actions these are */
				  SELECT jsonb_build_object('action', e.action) WHERE e.action ~ '[*?]') AS i) AS x
		WHERE e.decision >= 'conditional' OR coalesce(iam_effective_permissions.include_denied, false)
		ORDER BY e.action COLLATE "C", e.resource_pattern COLLATE "C", e.granted_by;
END $$;
COMMENT ON FUNCTION iam_effective_permissions(text, json, boolean, boolean) IS 'What a user or role can do by its own side: actions on resource patterns, what Deny statements except, and under which conditions';
