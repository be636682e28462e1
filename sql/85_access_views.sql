/*
 * Who outside gets in by what resource policies and trust policies say (EFF-2 a
 * and b, WHO-2, CD-1): one row for each principal that an Allow statement names.
 *
 * The decision is that of the resource's side alone: the outsider's own account
 * has to allow too (XACC-1).  It is conditional where the statement has
 * conditions, or where some Deny statement of the same policy or of a resource
 * control policy may take it back.  What S3's Block Public Access shuts out for
 * certain is not listed (S3-3).  Policies that could not be read are in iam_import_problem.
 */

/* Resource policies and trust policies, statement by statement, with whom they let in. */
CREATE VIEW iam_resource_grant WITH (security_invoker = true) AS
	WITH document AS (
		SELECT r.account_id, r.arn::text AS resource_arn, 'resource' AS kind, r.policy,
			   coalesce(r.public_access_block -> 'RestrictPublicBuckets' = 'true', false)
			   OR arn_service(r.arn) = 's3' AND coalesce(a.public_access_block -> 'RestrictPublicBuckets' = 'true', false) AS restricted
		FROM iam_resource AS r
		LEFT JOIN iam_account AS a ON a.account_id = r.account_id
		WHERE r.policy IS NOT NULL
		UNION ALL
		SELECT t.account_id, t.role_arn::text, 'trust', t.policy, false
		FROM iam_trust AS t
		WHERE t.policy IS NOT NULL),
	/* an RCP that may deny */
	control AS MATERIALIZED (
		SELECT a.account_id
		FROM iam_account AS a
		WHERE EXISTS (SELECT FROM iam_control_policies(a.account_id, 'RESOURCE_CONTROL_POLICY') AS p
					  WHERE p.present AND (p.policy IS NULL
						  OR EXISTS (SELECT FROM iam_policy_statements(p.policy) AS s WHERE s.effect = 'Deny')))),
	statement AS (
		SELECT d.account_id, d.resource_arn, d.kind, d.restricted, s.ordinal, s.sid, s.effect, s.principals, s.not_principals,
			   coalesce(s.actions, (SELECT array_agg('not ' || n.action) FROM unnest(s.not_actions) AS n (action))) AS actions,
			   CASE WHEN s.conditions IS DISTINCT FROM '{}' THEN s.conditions END AS conditions,
			   bool_or(s.effect = 'Deny') OVER (PARTITION BY d.account_id, d.resource_arn, d.kind) OR d.controlled AS has_deny
		FROM (SELECT d.*, d.account_id IN (SELECT c.account_id FROM control AS c) AS controlled FROM document AS d) AS d
		CROSS JOIN LATERAL iam_policy_statements(d.policy) AS s)
	SELECT s.resource_arn, s.account_id, s.kind, s.ordinal, s.sid, e.type AS principal_type, e.entry AS principal,
		   coalesce(substring(e.entry FROM '^[0-9]{12}$'), substring(e.entry FROM '^arn:[^:]*:(?:iam|sts)::([0-9]{12}):'), c.account_id)
		   AS principal_account,
		   s.actions, s.conditions, s.has_deny, s.restricted
	FROM statement AS s
	CROSS JOIN LATERAL (
		SELECT 'AWS' AS type, '*' AS entry
		WHERE s.not_principals IS NOT NULL OR jsonb_typeof(s.principals) = 'string'
		UNION ALL
		SELECT m.key, v.value
		FROM jsonb_each(CASE WHEN jsonb_typeof(s.principals) = 'object' THEN s.principals END) AS m
		CROSS JOIN LATERAL jsonb_array_elements_text(
			CASE jsonb_typeof(m.value) WHEN 'array' THEN m.value ELSE jsonb_build_array(m.value) END) AS v (value)) AS e
	LEFT JOIN iam_account AS c ON e.type = 'CanonicalUser' AND c.canonical_user_id = e.entry
	WHERE s.effect = 'Allow';

COMMENT ON VIEW iam_resource_grant IS 'every principal that an Allow statement of a resource policy or trust policy names';
COMMENT ON COLUMN iam_resource_grant.resource_arn IS 'the resource, or the role of a trust policy';
COMMENT ON COLUMN iam_resource_grant.account_id IS 'account that owns it';
COMMENT ON COLUMN iam_resource_grant.kind IS 'resource or trust';
COMMENT ON COLUMN iam_resource_grant.ordinal IS 'place of the statement in the policy, from 0';
COMMENT ON COLUMN iam_resource_grant.sid IS 'Sid of the statement';
COMMENT ON COLUMN iam_resource_grant.principal_type IS 'AWS, Service, Federated or CanonicalUser';
COMMENT ON COLUMN iam_resource_grant.principal IS 'the entry as written; * for everybody, and for an Allow with NotPrincipal';
COMMENT ON COLUMN iam_resource_grant.principal_account IS 'account of the principal; NULL: none, any, or not known';
COMMENT ON COLUMN iam_resource_grant.actions IS 'action patterns; with "not " before them those of a NotAction element';
COMMENT ON COLUMN iam_resource_grant.conditions IS 'the Condition element; NULL: none';
COMMENT ON COLUMN iam_resource_grant.has_deny IS 'whether the policy, or a resource control policy above it, also has Deny statements';
COMMENT ON COLUMN iam_resource_grant.restricted IS 'whether S3 Block Public Access keeps public policies from letting outsiders in';

CREATE VIEW iam_cross_account_access WITH (security_invoker = true) AS
	SELECT g.resource_arn, g.account_id, g.kind, g.ordinal, g.sid, g.principal, g.principal_type, g.principal_account,
		   CASE WHEN g.principal = '*' THEN true
				WHEN g.principal_type IN ('Service', 'Federated') THEN false
				WHEN a.organization_id IS NULL THEN NULL
				WHEN p.organization_id IS NULL AND p.account_id IS NULL THEN true
				ELSE p.organization_id IS DISTINCT FROM a.organization_id END AS outside_organization,
		   g.actions, g.conditions,
		   CASE WHEN g.conditions IS NOT NULL OR g.has_deny THEN 'conditional' ELSE 'allowed' END::iam_decision AS decision
	FROM (SELECT g.*,
				 /* a public policy under RestrictPublicBuckets lets nobody else's principals in (S3-3) */
				 g.restricted AND bool_or(g.principal = '*' AND g.conditions IS NULL)
					OVER (PARTITION BY g.account_id, g.resource_arn, g.kind) AS shut
		  FROM iam_resource_grant AS g) AS g
	LEFT JOIN iam_account AS a ON a.account_id = g.account_id
	LEFT JOIN iam_account AS p ON p.account_id = g.principal_account
	WHERE NOT g.shut AND g.principal_account IS DISTINCT FROM g.account_id
		AND (g.principal_type = 'Federated' OR g.principal_type = 'CanonicalUser'
			 OR g.principal_type = 'AWS' AND (g.principal = '*' OR g.principal_account IS NOT NULL));

COMMENT ON VIEW iam_cross_account_access IS 'principals outside the account that resource policies and trust policies let in, and by which statement';
COMMENT ON COLUMN iam_cross_account_access.resource_arn IS 'the resource, or the role of a trust policy';
COMMENT ON COLUMN iam_cross_account_access.account_id IS 'account that owns it';
COMMENT ON COLUMN iam_cross_account_access.kind IS 'resource or trust';
COMMENT ON COLUMN iam_cross_account_access.ordinal IS 'place of the statement in the policy, from 0';
COMMENT ON COLUMN iam_cross_account_access.sid IS 'Sid of the statement';
COMMENT ON COLUMN iam_cross_account_access.principal IS 'the entry as written; * for everybody';
COMMENT ON COLUMN iam_cross_account_access.principal_type IS 'AWS, Federated or CanonicalUser';
COMMENT ON COLUMN iam_cross_account_access.principal_account IS 'account of the principal; NULL: any, none, or not known';
COMMENT ON COLUMN iam_cross_account_access.outside_organization IS 'whether the principal is outside the organization of the resource; NULL: that organization is not known';
COMMENT ON COLUMN iam_cross_account_access.actions IS 'action patterns; with "not " before them those of a NotAction element';
COMMENT ON COLUMN iam_cross_account_access.conditions IS 'the Condition element; NULL: none';
COMMENT ON COLUMN iam_cross_account_access.decision IS 'what the resource''s side says: allowed, or conditional';

CREATE VIEW iam_public_access WITH (security_invoker = true) AS
	SELECT g.resource_arn, g.account_id, g.kind, g.ordinal, g.sid, g.principal, g.actions, g.conditions, g.decision
	FROM iam_cross_account_access AS g
	WHERE g.principal = '*';

COMMENT ON VIEW iam_public_access IS 'resource policies and trust policies that let in anyone, as far as their conditions go, and by which statement';
COMMENT ON COLUMN iam_public_access.resource_arn IS 'the resource, or the role of a trust policy';
COMMENT ON COLUMN iam_public_access.account_id IS 'account that owns it';
COMMENT ON COLUMN iam_public_access.kind IS 'resource or trust';
COMMENT ON COLUMN iam_public_access.ordinal IS 'place of the statement in the policy, from 0';
COMMENT ON COLUMN iam_public_access.sid IS 'Sid of the statement';
COMMENT ON COLUMN iam_public_access.principal IS 'always *';
COMMENT ON COLUMN iam_public_access.actions IS 'action patterns; with "not " before them those of a NotAction element';
COMMENT ON COLUMN iam_public_access.conditions IS 'the Condition element; NULL: none';
COMMENT ON COLUMN iam_public_access.decision IS 'what the resource''s side says: allowed, or conditional';
