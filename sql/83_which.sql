/*
 * Which resources, and which actions, a principal can reach: the questions of
 * who_can with another blank filled in.  The caller is resolved once, its
 * documents are evaluated for every request.
 */

/* A resource type's ARN format as a regular expression; a name may hold slashes. */
CREATE FUNCTION iam_arn_format_regexp(arn_format text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN '^' || regexp_replace(
	regexp_replace(
		regexp_replace(arn_format, '([.+()|?*^[\]\\])', '\\\1', 'g'),
		'\$\{(Partition|Region|Account)\}', '[^:]*', 'g'),
	'\$\{[^}]*\}', '.+', 'g') || '$';
COMMENT ON FUNCTION iam_arn_format_regexp(text) IS 'The regular expression of the ARNs of a resource type, from its ARN format';

/* Resource types an ARN may be of: not bucket where it is an object of one. */
CREATE FUNCTION iam_resource_types(resource text)
RETURNS TABLE (service text, name text, arn_format text)
LANGUAGE sql STABLE STRICT PARALLEL SAFE ROWS 3
BEGIN ATOMIC
	WITH fits AS (
		SELECT t.service, t.name, t.arn_format
		FROM iam_resource_type AS t
		WHERE split_part(t.arn_format, ':', 3) = lower(split_part(resource, ':', 3))
			AND resource ~ iam_arn_format_regexp(t.arn_format))
	SELECT f.service, f.name, f.arn_format
	FROM fits AS f
	WHERE NOT EXISTS (SELECT FROM fits AS o
					  WHERE starts_with(o.arn_format, f.arn_format || '/') OR starts_with(o.arn_format, f.arn_format || ':'));
END;
COMMENT ON FUNCTION iam_resource_types(text) IS 'Resource types of the catalogue that an ARN may be of';

CREATE FUNCTION iam_which_resources(principal text, action text, context json DEFAULT '{}', resource_account text DEFAULT NULL,
									unknown_context boolean DEFAULT true, include_denied boolean DEFAULT false)
RETURNS TABLE (resource text, kind text, account_id text, decision iam_decision, conditions jsonb)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 1000 COST 100000
SET search_path = pg_catalog, @extschema@, pg_temp SET jit = off
AS $$
#variable_conflict use_column
DECLARE
	v_caller record;
	v_action text := action;
	v_context json := context;
	v_owner text := resource_account;
	v_unknown boolean := coalesce(unknown_context, true);
	v_denied boolean := coalesce(include_denied, false);
	v_service text := lower(split_part(action, ':', 1));
	v_formats text[];			/* ARN formats of what the action can be limited to */
	v_known boolean;
BEGIN
	IF principal IS NULL OR v_action IS NULL THEN
		RETURN;
	END IF;
	IF v_owner !~ '^[0-9]{12}$' THEN
		RAISE EXCEPTION 'invalid account id "%"', left(v_owner, 64)
			USING ERRCODE = 'invalid_parameter_value', HINT = 'An account id has 12 digits.';
	END IF;
	PERFORM iam_request(v_action, '*', v_context);	/* raises for what is no action */
	SELECT * INTO v_caller FROM iam_resolve_caller(principal);
	SELECT count(*) > 0, array_agg(t.arn_format) FILTER (WHERE t.arn_format IS NOT NULL)
	INTO v_known, v_formats
	FROM iam_action AS a
	LEFT JOIN iam_action_resource AS r ON r.service = a.service AND r.action = a.name
	LEFT JOIN iam_resource_type AS t ON t.service = r.service AND t.name = r.resource_type
	WHERE a.service = v_service AND lower(a.name) = lower(substr(v_action, length(v_service) + 2));

	RETURN QUERY
	WITH form AS MATERIALIZED (
		/* with the longer ones of other types that begin with it: objects are no buckets */
		SELECT split_part(f.format, ':', 3) AS service, iam_arn_format_regexp(f.format) AS fits,
			   ARRAY(SELECT iam_arn_format_regexp(t.arn_format)
					 FROM iam_resource_type AS t
					 WHERE split_part(t.arn_format, ':', 3) = split_part(f.format, ':', 3)
						 AND (starts_with(t.arn_format, f.format || '/') OR starts_with(t.arn_format, f.format || ':'))) AS longer
		FROM (SELECT DISTINCT u.format FROM unnest(v_formats) AS u (format)) AS f),
	thing AS (
		SELECT r.arn::text AS arn, arn_service(r.arn) AS kind, r.account_id
		FROM iam_resource AS r
		UNION ALL
		SELECT i.arn::text, i.kind, i.account_id
		FROM iam_identity AS i
		WHERE v_service IN ('iam', 'sts')
		UNION ALL
		SELECT p.arn::text, 'policy', p.account_id
		FROM iam_customer_policy AS p
		WHERE v_service = 'iam'
		UNION ALL
		SELECT p.arn::text, 'instance-profile', p.account_id
		FROM iam_instance_profile AS p
		WHERE v_service = 'iam'),
	/* an action on what is inside of a resource is asked about all of that: objects of a bucket */
	asked AS MATERIALIZED (
		SELECT t.arn || f.suffix AS arn, t.kind, t.account_id
		FROM thing AS t
		CROSS JOIN LATERAL (
			SELECT CASE
				WHEN NOT v_known THEN CASE WHEN arn_service(t.arn::arn) = v_service THEN '' END
				WHEN EXISTS (SELECT FROM form AS m
							 WHERE m.service = arn_service(t.arn::arn) AND t.arn ~ m.fits AND NOT t.arn ~ ANY (m.longer)) THEN ''
				WHEN EXISTS (SELECT FROM form AS m
							 WHERE m.service = arn_service(t.arn::arn) AND t.arn || '/x' ~ m.fits
								 AND NOT t.arn || '/x' ~ ANY (m.longer)) THEN '/*'
				END) AS f (suffix)
		WHERE f.suffix IS NOT NULL AND (v_owner IS NULL OR t.account_id = v_owner)
			AND t.arn !~ '[*?[:space:][:cntrl:]]'
		UNION ALL
		SELECT '*', NULL, NULL
		WHERE v_known AND v_formats IS NULL),
	target AS MATERIALIZED (
		SELECT a.arn, a.kind AS thing, a.account_id, q.request, q.account, q.kind, q.policy, q.present,
			   CASE WHEN q.present THEN iam_policy_effect(q.policy, q.kind, q.request, v_caller.caller) END AS effect
		FROM asked AS a
		CROSS JOIN LATERAL iam_resolve_resource(v_action, a.arn, v_context, a.account_id, v_unknown, v_caller.account) AS q),
	own AS MATERIALIZED (
		SELECT p.is_boundary, p.policy
		FROM iam_identity_policy AS p
		WHERE p.account_id = v_caller.account AND p.identity_arn = v_caller.identity),
	scp AS MATERIALIZED (
		SELECT p.level, p.policy, p.present FROM iam_control_policies(v_caller.account, 'SERVICE_CONTROL_POLICY') AS p),
	rcp AS MATERIALIZED (
		SELECT a.account, p.level, p.policy, p.present
		FROM (SELECT DISTINCT t.account FROM target AS t WHERE t.account IS NOT NULL) AS a
		CROSS JOIN LATERAL iam_control_policies(a.account, 'RESOURCE_CONTROL_POLICY') AS p),
	applicable AS (
		SELECT t.arn, 'identity'::iam_policy_kind AS kind, 0 AS level,
			   CASE WHEN NOT v_caller.identity_known THEN iam_policy_effect(NULL, 'identity', t.request, v_caller.caller) END AS effect
		FROM target AS t
		UNION ALL
		SELECT t.arn, 'session', 0, iam_policy_effect(NULL, 'session', t.request, v_caller.caller)
		FROM target AS t
		WHERE v_caller.session_unknown
		UNION ALL
		SELECT t.arn, t.kind, 0, t.effect
		FROM target AS t
		WHERE t.present
		UNION ALL
		SELECT t.arn, CASE WHEN p.is_boundary THEN 'boundary' ELSE 'identity' END::iam_policy_kind, 0,
			   iam_policy_effect(p.policy, CASE WHEN p.is_boundary THEN 'boundary' ELSE 'identity' END::iam_policy_kind,
								 t.request, v_caller.caller)
		FROM target AS t
		CROSS JOIN own AS p
		WHERE p.is_boundary OR p.policy IS NULL OR iam_policy_may_match(p.policy, t.request)
		UNION ALL
		SELECT t.arn, 'scp', p.level, CASE WHEN p.present THEN iam_policy_effect(p.policy, 'scp', t.request, v_caller.caller) END
		FROM target AS t
		CROSS JOIN scp AS p
		UNION ALL
		SELECT t.arn, 'rcp', p.level, CASE WHEN p.present THEN iam_policy_effect(p.policy, 'rcp', t.request, v_caller.caller) END
		FROM target AS t
		JOIN rcp AS p ON p.account = t.account),
	decided AS (
		SELECT t.arn, min(t.thing) AS kind, min(t.account_id) AS account_id,
			   iam_decide(t.request, v_caller.caller, a.kind, a.level, a.effect) AS decision,
			   iam_decide_conditions(t.request, v_caller.caller, a.kind, a.level, a.effect) AS conditions
		FROM target AS t
		JOIN applicable AS a ON a.arn = t.arn
		GROUP BY t.arn)
	SELECT d.arn, d.kind, d.account_id, d.decision, d.conditions
	FROM decided AS d
	WHERE v_denied OR d.decision >= 'conditional'
	ORDER BY d.account_id COLLATE "C", d.arn COLLATE "C";
END $$;
COMMENT ON FUNCTION iam_which_resources(text, text, json, text, boolean, boolean) IS 'On which stored resources, and for IAM actions on which identities and policies, a principal can do something; what is inside of a resource is asked about as ARN/*';

CREATE FUNCTION iam_which_actions(principal text, resource text, context json DEFAULT '{}', resource_account text DEFAULT NULL,
								  unknown_context boolean DEFAULT true, include_denied boolean DEFAULT false)
RETURNS TABLE (action text, access_level text, decision iam_decision, conditions jsonb)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 100 COST 100000
SET search_path = pg_catalog, @extschema@, pg_temp SET jit = off
AS $$
#variable_conflict use_column
DECLARE
	v_caller record;
	v_name text := resource;
	v_context json := context;
	v_owner text := resource_account;
	v_unknown boolean := coalesce(unknown_context, true);
	v_denied boolean := coalesce(include_denied, false);
	v_typed boolean;
BEGIN
	IF principal IS NULL OR v_name IS NULL THEN
		RETURN;
	END IF;
	IF v_owner !~ '^[0-9]{12}$' THEN
		RAISE EXCEPTION 'invalid account id "%"', left(v_owner, 64)
			USING ERRCODE = 'invalid_parameter_value', HINT = 'An account id has 12 digits.';
	END IF;
	SELECT * INTO v_caller FROM iam_resolve_caller(principal);
	v_typed := EXISTS (SELECT FROM iam_resource_types(v_name));

	RETURN QUERY
	WITH asked AS (
		/* without resource-level permissions */
		SELECT a.service || ':' || a.name AS action, a.access_level
		FROM iam_action AS a
		WHERE v_name = '*'
			AND NOT EXISTS (SELECT FROM iam_action_resource AS r WHERE r.service = a.service AND r.action = a.name)
		UNION
		SELECT a.service || ':' || a.name, a.access_level
		FROM iam_resource_types(v_name) AS t
		JOIN iam_action_resource AS r ON r.service = t.service AND r.resource_type = t.name
		JOIN iam_action AS a ON a.service = r.service AND a.name = r.action
		UNION
		/* a type the catalogue does not have */
		SELECT a.service || ':' || a.name, a.access_level
		FROM iam_action AS a
		WHERE NOT v_typed AND a.service = lower(split_part(v_name, ':', 3))),
	/* what the tables say of the resource is the same for all actions, but for those that trust policies govern */
	common AS MATERIALIZED (
		SELECT q.*, q.request::text::jsonb AS document
		FROM iam_resolve_resource('iam:GetRole', v_name, v_context, v_owner, v_unknown, v_caller.account) AS q),
	target AS MATERIALIZED (
		SELECT a.action, a.access_level, jsonb_set(c.document, '{action}', to_jsonb(a.action))::text::iam_request AS request,
			   c.account, c.kind, c.policy, c.present
		FROM asked AS a
		CROSS JOIN common AS c
		WHERE a.action NOT LIKE 'sts:%'
		UNION ALL
		SELECT a.action, a.access_level, q.request, q.account, q.kind, q.policy, q.present
		FROM asked AS a
		CROSS JOIN LATERAL iam_resolve_resource(a.action, v_name, v_context, v_owner, v_unknown, v_caller.account) AS q
		WHERE a.action LIKE 'sts:%'),
	own AS MATERIALIZED (
		SELECT p.is_boundary, p.policy
		FROM iam_identity_policy AS p
		WHERE p.account_id = v_caller.account AND p.identity_arn = v_caller.identity),
	scp AS MATERIALIZED (
		SELECT p.level, p.policy, p.present FROM iam_control_policies(v_caller.account, 'SERVICE_CONTROL_POLICY') AS p),
	rcp AS MATERIALIZED (
		SELECT p.level, p.policy, p.present
		FROM common AS c
		CROSS JOIN LATERAL iam_control_policies(c.account, 'RESOURCE_CONTROL_POLICY') AS p),
	applicable AS (
		SELECT t.action, 'identity'::iam_policy_kind AS kind, 0 AS level,
			   CASE WHEN NOT v_caller.identity_known THEN iam_policy_effect(NULL, 'identity', t.request, v_caller.caller) END AS effect
		FROM target AS t
		UNION ALL
		SELECT t.action, 'session', 0, iam_policy_effect(NULL, 'session', t.request, v_caller.caller)
		FROM target AS t
		WHERE v_caller.session_unknown
		UNION ALL
		SELECT t.action, t.kind, 0, iam_policy_effect(t.policy, t.kind, t.request, v_caller.caller)
		FROM target AS t
		WHERE t.present
		UNION ALL
		SELECT t.action, CASE WHEN p.is_boundary THEN 'boundary' ELSE 'identity' END::iam_policy_kind, 0,
			   iam_policy_effect(p.policy, CASE WHEN p.is_boundary THEN 'boundary' ELSE 'identity' END::iam_policy_kind,
								 t.request, v_caller.caller)
		FROM target AS t
		CROSS JOIN own AS p
		WHERE p.is_boundary OR p.policy IS NULL OR iam_policy_may_match(p.policy, t.request)
		UNION ALL
		SELECT t.action, 'scp', p.level, CASE WHEN p.present THEN iam_policy_effect(p.policy, 'scp', t.request, v_caller.caller) END
		FROM target AS t
		CROSS JOIN scp AS p
		UNION ALL
		SELECT t.action, 'rcp', p.level, CASE WHEN p.present THEN iam_policy_effect(p.policy, 'rcp', t.request, v_caller.caller) END
		FROM target AS t
		CROSS JOIN rcp AS p),
	decided AS (
		SELECT t.action, min(t.access_level) AS access_level,
			   iam_decide(t.request, v_caller.caller, a.kind, a.level, a.effect) AS decision,
			   iam_decide_conditions(t.request, v_caller.caller, a.kind, a.level, a.effect) AS conditions
		FROM target AS t
		JOIN applicable AS a ON a.action = t.action
		GROUP BY t.action)
	SELECT d.action, d.access_level, d.decision, d.conditions
	FROM decided AS d
	WHERE v_denied OR d.decision >= 'conditional'
	ORDER BY d.action COLLATE "C";
END $$;
COMMENT ON FUNCTION iam_which_actions(text, text, json, text, boolean, boolean) IS 'Which actions of the catalogue a principal can do to a resource; for *, those without resource-level permissions';
