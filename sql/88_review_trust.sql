/*
 * Review views for reporting tools: who is trusted from outside and on what
 * conditions (CD-1, CD-2), what is open to anyone, and trust that is dead.
 *
 * What a trust policy demands is not read off its conditions, whose operators,
 * IfExists and Deny statements can mean the opposite of what they seem to: the
 * evaluator is asked whether it would let the caller in without.  Only the values
 * to ask with come from the document, such as the repositories a subject names.
 */

/*
 * Principal entries of a policy, one a row, each with a policy of its own: the
 * statement it stands in with all Deny statements.  What is no principal a request
 * can come from has no caller: a deleted id, a wildcard, a malformed ARN.
 */
CREATE FUNCTION iam_review_entries(policy iam_policy)
RETURNS TABLE (ordinal integer, sid text, effect text, element text, type text, entry text, caller text, actions text[],
			   resources text[], conditions jsonb, alone iam_policy)
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE ROWS 5 COST 1000
SET jit = off	/* compiling it anew for each policy takes far longer than running it */
BEGIN ATOMIC
	WITH document AS (SELECT policy::jsonb AS d),
	part AS (
		SELECT p.value, p.ordinality::integer - 1 AS ordinal
		FROM document
		CROSS JOIN LATERAL jsonb_array_elements(
			CASE jsonb_typeof(d -> 'Statement') WHEN 'array' THEN d -> 'Statement' ELSE jsonb_build_array(d -> 'Statement') END)
			WITH ORDINALITY AS p)
	SELECT s.ordinal, s.sid, s.effect, n.element, m.key, v.value,
		   CASE WHEN length(v.value) > 2000 THEN NULL
				WHEN m.key = 'AWS' AND (v.value ~ '^[0-9]{12}$'
					OR v.value ~ '^arn:[^:*?[:space:][:cntrl:]]+:iam::[0-9]{12}:(root|(user|role)/[^/*?[:space:][:cntrl:]]([^*?[:space:][:cntrl:]]*[^/*?[:space:][:cntrl:]])?)$'
					OR v.value ~ '^arn:[^:*?[:space:][:cntrl:]]+:sts::[0-9]{12}:(assumed-role/[^/*?[:space:][:cntrl:]]+|federated-user)/[^/*?[:space:][:cntrl:]]+$')
					THEN v.value
				WHEN m.key = 'AWS' AND v.value = '*' THEN '*'
				WHEN m.key = 'Service' AND v.value ~ '^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\.amazonaws\.com(\.cn)?$' THEN v.value
				WHEN m.key = 'Federated'
					AND (v.value IN ('cognito-identity.amazonaws.com', 'www.amazon.com', 'graph.facebook.com', 'accounts.google.com')
						 OR v.value ~ '^arn:[^:*?[:space:][:cntrl:]]+:iam::[0-9]{12}:(oidc|saml)-provider/[^*?[:space:][:cntrl:]]+$')
					THEN v.value END,
		   s.actions, s.resources, s.conditions,
		   CASE WHEN s.effect = 'Allow' THEN
				(d - 'Statement' || jsonb_build_object('Statement',
					(SELECT jsonb_agg(q.value ORDER BY q.ordinal) FROM part AS q
					 WHERE q.ordinal = s.ordinal OR q.value ->> 'Effect' = 'Deny')))::text::iam_policy END
	FROM iam_policy_statements(policy) AS s
	CROSS JOIN document
	CROSS JOIN LATERAL (VALUES ('Principal', s.principals), ('NotPrincipal', s.not_principals)) AS n (element, principals)
	CROSS JOIN LATERAL jsonb_each(CASE jsonb_typeof(n.principals) WHEN 'object' THEN n.principals
									   WHEN 'string' THEN jsonb_build_object('AWS', n.principals) END) AS m
	CROSS JOIN LATERAL jsonb_array_elements_text(
		CASE jsonb_typeof(m.value) WHEN 'array' THEN m.value ELSE jsonb_build_array(m.value) END) AS v (value);
END;
COMMENT ON FUNCTION iam_review_entries(iam_policy) IS 'Principal entries of a policy, each with its statement, the caller it stands for, and its statement as a policy beside all Deny statements';

/* What a policy with principals says to a caller whose own policies allow everything. */
CREATE FUNCTION iam_review_decision(policy iam_policy, kind iam_policy_kind, request iam_request, caller iam_caller) RETURNS iam_decision
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 100
BEGIN ATOMIC
	SELECT iam_decide(request, caller, g.kind, 0, g.effect)
	FROM (VALUES (kind, iam_policy_effect(policy, kind, request, caller)),
				 ('identity'::iam_policy_kind,
				  iam_policy_effect('{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'::iam_policy, 'identity', request, caller))) AS g (kind, effect);
END;
COMMENT ON FUNCTION iam_review_decision(iam_policy, iam_policy_kind, iam_request, iam_caller) IS 'What a trust or resource policy says to a caller whose own policies allow everything';

CREATE FUNCTION iam_review_conditions(policy iam_policy, kind iam_policy_kind, request iam_request, caller iam_caller) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 100
BEGIN ATOMIC
	SELECT iam_decide_conditions(request, caller, g.kind, 0, g.effect)
	FROM (VALUES (kind, iam_policy_effect(policy, kind, request, caller)),
				 ('identity'::iam_policy_kind,
				  iam_policy_effect('{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'::iam_policy, 'identity', request, caller))) AS g (kind, effect);
END;
COMMENT ON FUNCTION iam_review_conditions(iam_policy, iam_policy_kind, iam_request, iam_caller) IS 'What must hold for a trust or resource policy to let in a caller whose own policies allow everything, as a tree';

/* STRICT here and below also keeps the planner from looking inside, where it would expect millions of rows. */
CREATE FUNCTION iam_review_condition_values(conditions jsonb)
RETURNS TABLE (operator text, key text, value text)
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE ROWS 3
BEGIN ATOMIC
	SELECT o.key, lower(k.key), v.value
	FROM jsonb_each(conditions) AS o
	CROSS JOIN LATERAL jsonb_each(o.value) AS k
	CROSS JOIN LATERAL jsonb_array_elements_text(
		CASE jsonb_typeof(k.value) WHEN 'array' THEN k.value ELSE jsonb_build_array(k.value) END) AS v (value);
END;
COMMENT ON FUNCTION iam_review_condition_values(jsonb) IS 'Values of a Condition element, one a row, with keys in lower case';

/*
 * Tokens to ask with, from the widest question to the narrowest: would the policy
 * take a subject that the values of its conditions do not name?  In the widest the
 * other claims have values of somebody else's token too, but for the audience and how
 * somebody was authenticated, which strangers can have alike.
 */
CREATE FUNCTION iam_review_tokens(issuer text, policy iam_policy)
RETURNS TABLE (width integer, breadth text, context json)
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE ROWS 3
BEGIN ATOMIC
	WITH claim AS (
		SELECT DISTINCT c.key, c.value
		FROM iam_policy_statements(policy) AS s
		CROSS JOIN LATERAL iam_review_condition_values(s.conditions) AS c
		WHERE starts_with(c.key, lower(issuer) || ':'))
	SELECT 1, 'any subject',
		   (jsonb_build_object(lower(issuer) || ':sub',
				CASE WHEN issuer = 'token.actions.githubusercontent.com' THEN 'repo:zz-anybody/zz-anything:ref:refs/heads/zz'
					 WHEN issuer = 'gitlab.com' THEN 'project_path:zz-anybody/zz-anything:ref_type:branch:ref:zz'
					 WHEN issuer = 'app.terraform.io' THEN 'organization:zz-anybody:project:zz:workspace:zz:run_phase:apply'
					 WHEN issuer LIKE 'oidc.eks.%' THEN 'system:serviceaccount:zz-anybody:zz-anything'
					 ELSE 'zz-anybody' END)
			|| coalesce(jsonb_object_agg(c.key, 'zz-anything') FILTER (WHERE c.key !~ ':(aud|sub|amr)$'), '{}'))::json
	FROM claim AS c
	UNION ALL
	SELECT w.width, w.breadth, json_build_object(lower(issuer) || ':sub', w.subject)
	FROM claim AS c
	CROSS JOIN LATERAL (SELECT regexp_match(c.value, '^repo:([^/:]*)/([^:]*)')) AS g (part)
	CROSS JOIN LATERAL (
		VALUES
			(2, 'names of a pattern', CASE WHEN g.part[1] ~ '[*?]' THEN format('repo:%s/zz-anything:ref:refs/heads/zz', regexp_replace(g.part[1], '[*?]', 'z', 'g')) END),
			(3, 'organization', format('repo:%s/zz-anything:ref:refs/heads/zz', g.part[1])),
			(4, 'repository', format('repo:%s/%s:ref:refs/heads/zz', g.part[1], regexp_replace(g.part[2], '[*?]', 'z', 'g'))),
			(5, 'subjects of a pattern', CASE WHEN c.value ~ '[*?]' THEN regexp_replace(c.value, '[*?]', 'z', 'g') END)) AS w (width, breadth, subject)
	WHERE c.key = lower(issuer) || ':sub' AND w.subject IS NOT NULL
		AND (w.width = 5 OR issuer = 'token.actions.githubusercontent.com' AND g.part IS NOT NULL);
END;
COMMENT ON FUNCTION iam_review_tokens(text, iam_policy) IS 'Tokens of an OIDC issuer to probe a trust policy with, and how much a policy takes in that takes one';

CREATE VIEW iam_review_trust WITH (security_invoker = true) AS
	WITH account AS MATERIALIZED (
		SELECT a.account_id, o.organization_id, o.organization_path, o.organization_known, o.in_management_account
		FROM (SELECT t.account_id FROM iam_trust AS t UNION SELECT s.account_id FROM iam_account AS s) AS a
		CROSS JOIN LATERAL iam_account_organization(a.account_id) AS o),
	facts AS MATERIALIZED (
		SELECT jsonb_build_object(
			'current_time', to_char(transaction_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
			'epoch_time', floor(extract(epoch FROM transaction_timestamp()))::bigint::text) AS clock),
	entry AS MATERIALIZED (
		SELECT t.account_id, t.role_arn, e.ordinal, e.sid, e.type, e.entry, e.conditions, e.alone, o.organization_id,
			   substring(e.entry FROM '^arn:[^:]*:[^:]*::([0-9]{12}):|^[0-9]{12}$') AS found,
			   coalesce(substring(e.entry FROM ':oidc-provider/(.*)$'),
						CASE WHEN e.type = 'Federated' AND e.entry NOT LIKE 'arn:%' THEN e.entry END) AS issuer,
			   CASE WHEN e.type <> 'Federated' THEN 'sts:AssumeRole'
					WHEN e.entry LIKE '%:saml-provider/%' THEN 'sts:AssumeRoleWithSAML'
					ELSE 'sts:AssumeRoleWithWebIdentity' END AS action,
			   (json_strip_nulls(json_build_object('tags', i.tags, 'tags_known', true, 'organization_id', o.organization_id,
					'organization_path', o.organization_path, 'organization_known', o.organization_known,
					'in_management_account', o.in_management_account))::jsonb || f.clock)::json AS facts,
			   iam_caller(e.caller, json_strip_nulls(json_build_object(
					'any_principal', CASE WHEN e.caller = '*' OR e.caller ~ '^[0-9]{12}$|^arn:[^:]*:iam::[0-9]{12}:root$' THEN true END,
					'organization_id', p.organization_id, 'organization_path', p.organization_path,
					'organization_known', p.organization_known, 'in_management_account', p.in_management_account))) AS caller
		FROM iam_trust AS t
		JOIN iam_identity AS i ON i.account_id = t.account_id AND i.arn = t.role_arn
		JOIN account AS o ON o.account_id = t.account_id
		CROSS JOIN facts AS f
		CROSS JOIN LATERAL iam_review_entries(t.policy) AS e
		LEFT JOIN account AS p ON p.account_id = substring(e.caller FROM '[0-9]{12}') AND e.type = 'AWS'
		WHERE e.effect = 'Allow' AND e.element = 'Principal' AND e.caller IS NOT NULL
			AND i.arn::text !~ '[*?[:space:][:cntrl:]]'),
	base AS MATERIALIZED (
		SELECT e.*, coalesce(e.found, substring(e.entry FROM '^[0-9]{12}$')) AS principal_account_id, d.decision, q.request
		FROM entry AS e
		CROSS JOIN LATERAL (SELECT iam_request(e.action, e.role_arn::text, '{}', e.account_id, true, e.facts)) AS q (request)
		CROSS JOIN LATERAL (SELECT iam_review_decision(e.alone, 'trust', q.request, e.caller)) AS d (decision)
		WHERE d.decision >= 'conditional'),
	/* would it let in who comes without, or from elsewhere? */
	asked AS (
		SELECT b.*, iam_review_decision(b.alone, 'trust', iam_request(b.action, b.role_arn::text, p.context, b.account_id, true, b.facts), b.caller) AS answer,
			   p.what
		FROM base AS b
		CROSS JOIN LATERAL (
			VALUES
				('external id', 'AWS', '{"sts:ExternalId": null}'::json),
				('mfa', 'AWS', '{"aws:MultiFactorAuthPresent": null, "aws:MultiFactorAuthAge": null}'),
				('organization', 'AWS', '{"aws:PrincipalOrgID": "o-zzzzzzzzzz", "aws:PrincipalOrgPaths": ["o-zzzzzzzzzz/r-zzzz/"]}'),
				('source', 'Service', '{"aws:SourceArn": "arn:aws:zz-review:us-east-1:000000000000:zz", "aws:SourceAccount": "000000000000", "aws:SourceOrgID": "o-zzzzzzzzzz", "aws:SourceOrgPaths": ["o-zzzzzzzzzz/r-zzzz/"]}'),
				('audience', 'Federated', CASE WHEN b.issuer IS NOT NULL THEN json_build_object(b.issuer || ':aud', 'zz-anything', b.issuer || ':app_id', 'zz-anything')
											   ELSE '{"saml:aud": "zz-anything"}' END)) AS p (what, type, context)
		WHERE p.type = b.type)
	SELECT b.account_id, b.role_arn::text AS role_arn, b.ordinal AS statement, b.sid, b.type AS principal_type, b.entry AS principal,
		   b.principal_account_id,
		   CASE WHEN b.type = 'Service' THEN 'service'
				WHEN b.type = 'Federated' THEN 'identity provider'
				WHEN b.entry = '*' THEN 'anyone'
				WHEN b.principal_account_id = b.account_id THEN 'same account'
				WHEN p.organization_id = b.organization_id THEN 'same organization'
				WHEN p.organization_id IS NOT NULL AND b.organization_id IS NOT NULL THEN 'other organization'
				WHEN s.account_id IS NOT NULL THEN 'stored account'
				ELSE 'third party' END AS relation,
		   b.decision::text AS decision,
		   iam_review_conditions(b.alone, 'trust', b.request, b.caller)::text AS conditions,
		   a.requires_external_id, a.requires_mfa, a.requires_organization, a.requires_source, a.requires_audience,
		   (SELECT string_agg(DISTINCT v.value, ', ' ORDER BY v.value)
			FROM iam_review_condition_values(b.conditions) AS v
			WHERE v.key = lower(b.issuer || ':sub')) AS oidc_subjects,
		   CASE WHEN b.issuer IS NOT NULL THEN coalesce(
				(SELECT u.breadth
				 FROM iam_review_tokens(b.issuer, b.alone) AS u
				 WHERE iam_review_decision(b.alone, 'trust', iam_request(b.action, b.role_arn::text, u.context, b.account_id, true, b.facts), b.caller)
					   >= 'conditional'
				 ORDER BY u.width LIMIT 1), 'named subjects') END AS oidc_breadth
	FROM base AS b
	JOIN (SELECT k.account_id, k.role_arn, k.ordinal, k.type, k.entry,
				 bool_or(k.answer < 'conditional') FILTER (WHERE k.what = 'external id') AS requires_external_id,
				 bool_or(k.answer < 'conditional') FILTER (WHERE k.what = 'mfa') AS requires_mfa,
				 bool_or(k.answer < 'conditional') FILTER (WHERE k.what = 'organization') AS requires_organization,
				 bool_or(k.answer < 'conditional') FILTER (WHERE k.what = 'source') AS requires_source,
				 bool_or(k.answer < 'conditional') FILTER (WHERE k.what = 'audience') AS requires_audience
		  FROM asked AS k
		  GROUP BY k.account_id, k.role_arn, k.ordinal, k.type, k.entry) AS a
		ON a.account_id = b.account_id AND a.role_arn = b.role_arn AND a.ordinal = b.ordinal AND a.type = b.type AND a.entry = b.entry
	LEFT JOIN account AS p ON p.account_id = b.principal_account_id
	LEFT JOIN (SELECT i.account_id FROM iam_identity AS i UNION SELECT c.account_id FROM iam_account AS c) AS s
		ON s.account_id = b.principal_account_id;

COMMENT ON VIEW iam_review_trust IS 'whom each role''s trust policy lets in, statement by statement, and what it demands of them; what the callers'' own policies say is left out';
COMMENT ON COLUMN iam_review_trust.account_id IS 'account of the role';
COMMENT ON COLUMN iam_review_trust.role_arn IS 'ARN of the role';
COMMENT ON COLUMN iam_review_trust.statement IS 'statement of the trust policy, counted from 0';
COMMENT ON COLUMN iam_review_trust.sid IS 'Sid of the statement';
COMMENT ON COLUMN iam_review_trust.principal_type IS 'AWS, Service or Federated';
COMMENT ON COLUMN iam_review_trust.principal IS 'the principal as the policy names it';
COMMENT ON COLUMN iam_review_trust.principal_account_id IS 'account of the principal, where it has one';
COMMENT ON COLUMN iam_review_trust.relation IS 'same account, same organization, other organization, stored account (organization not known), third party, anyone, service or identity provider';
COMMENT ON COLUMN iam_review_trust.decision IS 'allowed, or conditional';
COMMENT ON COLUMN iam_review_trust.conditions IS 'what must hold, as a JSON tree';
COMMENT ON COLUMN iam_review_trust.requires_external_id IS 'whether a call without sts:ExternalId is refused; NULL for services and providers';
COMMENT ON COLUMN iam_review_trust.requires_mfa IS 'whether a call without MFA is refused; NULL for services and providers';
COMMENT ON COLUMN iam_review_trust.requires_organization IS 'whether a caller of another organization is refused; NULL for services and providers';
COMMENT ON COLUMN iam_review_trust.requires_source IS 'whether a call on behalf of a stranger''s resource is refused; NULL but for services';
COMMENT ON COLUMN iam_review_trust.requires_audience IS 'whether a token for another audience is refused; NULL but for providers';
COMMENT ON COLUMN iam_review_trust.oidc_subjects IS 'values for the token''s subject in the statement, with commas between';
COMMENT ON COLUMN iam_review_trust.oidc_breadth IS 'which subjects get in: any subject, names of a pattern, organization, repository, subjects of a pattern or named subjects (by the subject or another claim); NULL but for OIDC';

/*
 * Roles for anybody: a caller of an account and an organization that nobody knows,
 * or a token for anybody.  A provider's own audience list keeps nobody out of a
 * service that gives everybody the same audience, as GitHub does.
 */
CREATE VIEW iam_review_open_roles WITH (security_invoker = true) AS
	WITH trust AS MATERIALIZED (SELECT * FROM iam_review_trust)
	SELECT t.account_id, t.role_arn, o.open_to, t.statement, t.sid, t.principal, t.decision, t.conditions,
		   t.requires_external_id, t.requires_mfa
	FROM trust AS t
	JOIN iam_trust AS r ON r.account_id = t.account_id AND r.role_arn = t.role_arn::arn
	CROSS JOIN LATERAL (
		SELECT CASE
			WHEN t.relation = 'anyone' AND EXISTS (
				SELECT FROM iam_review_entries(r.policy) AS e
				WHERE e.ordinal = t.statement AND e.entry = '*' AND e.effect = 'Allow'
					AND iam_review_decision(e.alone, 'trust',
							iam_request('sts:AssumeRole', t.role_arn,
										'{"aws:PrincipalOrgID": "o-zzzzzzzzzz", "aws:PrincipalOrgPaths": ["o-zzzzzzzzzz/r-zzzz/"]}', t.account_id, true),
							iam_caller(format('arn:%s:iam::000000000000:role/zz-anybody', arn_partition(t.role_arn::arn)))) >= 'conditional')
				THEN 'anyone'
			WHEN t.oidc_breadth IN ('any subject', 'names of a pattern') AND t.principal LIKE '%:oidc-provider/token.actions.githubusercontent.com'
				THEN CASE t.oidc_breadth WHEN 'any subject' THEN 'any GitHub repository' ELSE 'any GitHub repository whose owner has such a name' END
			WHEN t.oidc_breadth = 'any subject' AND (t.principal LIKE 'arn:%' OR NOT t.requires_audience)
				THEN 'anyone with a token of ' || regexp_replace(t.principal, '^.*:oidc-provider/', '') END) AS o (open_to)
	WHERE o.open_to IS NOT NULL;

COMMENT ON VIEW iam_review_open_roles IS 'roles whose trust policy lets in anyone, any GitHub repository or any token of an identity provider';
COMMENT ON COLUMN iam_review_open_roles.account_id IS 'account of the role';
COMMENT ON COLUMN iam_review_open_roles.role_arn IS 'ARN of the role';
COMMENT ON COLUMN iam_review_open_roles.open_to IS 'to whom it is open';
COMMENT ON COLUMN iam_review_open_roles.statement IS 'statement of the trust policy, counted from 0';
COMMENT ON COLUMN iam_review_open_roles.sid IS 'Sid of the statement';
COMMENT ON COLUMN iam_review_open_roles.principal IS 'the principal as the policy names it';
COMMENT ON COLUMN iam_review_open_roles.decision IS 'allowed, or conditional';
COMMENT ON COLUMN iam_review_open_roles.conditions IS 'what must hold all the same, as a JSON tree';
COMMENT ON COLUMN iam_review_open_roles.requires_external_id IS 'whether a call without sts:ExternalId is refused; NULL for providers';
COMMENT ON COLUMN iam_review_open_roles.requires_mfa IS 'whether a call without MFA is refused; NULL for providers';

/* Principals of stored accounts that are not there (PRIN-10). */
CREATE VIEW iam_review_deleted_principals WITH (security_invoker = true) AS
	WITH entry AS (
		SELECT 'trust policy' AS object_kind, t.account_id, t.role_arn AS object_arn, e.ordinal, e.sid, e.effect, e.element, e.type, e.entry
		FROM iam_trust AS t CROSS JOIN LATERAL iam_review_entries(t.policy) AS e
		UNION ALL
		SELECT 'resource policy', r.account_id, r.arn, e.ordinal, e.sid, e.effect, e.element, e.type, e.entry
		FROM iam_resource AS r CROSS JOIN LATERAL iam_review_entries(r.policy) AS e),
	parsed AS MATERIALIZED (
		SELECT e.object_kind, e.account_id, e.object_arn::text AS object_arn, e.ordinal, e.sid, e.effect, e.element, e.type, e.entry,
			   f.form[1] AS principal_account_id, f.form[2] AS kind, lower(split_part(f.form[3], '/', 1)) AS role_name,
			   substring(e.entry FROM '^(A[A-Z0-9]{15,})(?::|$)') AS unique_id,
			   substring(e.entry FROM '^arn:[^:]*:iam::([0-9]{12}):(?:oidc|saml)-provider/') AS provider_account_id
		FROM entry AS e
		CROSS JOIN LATERAL (SELECT regexp_match(e.entry, '^arn:[^:]*:(?:iam|sts)::([0-9]{12}):(user|role|assumed-role)/([^*?]+)$')) AS f (form)
		WHERE e.type IN ('AWS', 'Federated')),
	gone AS (
		SELECT p.*, iam_unique_id_kind(p.unique_id) AS principal_kind,
			   'a unique id that no stored identity has: the principal was deleted, or is of an account that is not stored' AS finding
		FROM parsed AS p
		WHERE p.type = 'AWS' AND p.unique_id IS NOT NULL
			AND NOT EXISTS (SELECT FROM iam_identity AS i WHERE i.unique_id = p.unique_id)
		UNION ALL
		SELECT p.*, p.kind, 'the account is stored, this principal of it is not'
		FROM parsed AS p
		WHERE p.type = 'AWS' AND p.kind IN ('user', 'role')
			AND p.principal_account_id IN (SELECT i.account_id FROM iam_identity AS i)
			AND NOT EXISTS (SELECT FROM iam_identity AS i
							WHERE i.account_id = p.principal_account_id AND i.kind = p.kind AND i.arn::text = p.entry)
		UNION ALL
		SELECT p.*, 'role', 'the account is stored, this principal of it is not'
		FROM parsed AS p
		WHERE p.type = 'AWS' AND p.kind = 'assumed-role'
			AND p.principal_account_id IN (SELECT i.account_id FROM iam_identity AS i)
			AND NOT EXISTS (SELECT FROM iam_identity AS i
							WHERE i.account_id = p.principal_account_id AND i.kind = 'role' AND lower(i.name) = p.role_name)
		UNION ALL
		SELECT p.*, 'identity provider', 'the identity providers of the account are stored, this one is not'
		FROM parsed AS p
		WHERE p.type = 'Federated'
			AND p.provider_account_id IN (SELECT i.account_id FROM iam_identity_provider AS i)
			AND NOT EXISTS (SELECT FROM iam_identity_provider AS i WHERE i.account_id = p.provider_account_id AND i.arn::text = p.entry))
	SELECT g.object_kind, g.account_id, g.object_arn, g.ordinal AS statement, g.sid, g.effect, g.element, g.entry AS principal,
		   g.principal_kind, g.finding
	FROM gone AS g;

COMMENT ON VIEW iam_review_deleted_principals IS 'principals named in trust and resource policies that no longer exist';
COMMENT ON COLUMN iam_review_deleted_principals.object_kind IS 'trust policy or resource policy';
COMMENT ON COLUMN iam_review_deleted_principals.account_id IS 'account of the role or resource';
COMMENT ON COLUMN iam_review_deleted_principals.object_arn IS 'ARN of the role or resource';
COMMENT ON COLUMN iam_review_deleted_principals.statement IS 'statement of the policy, counted from 0';
COMMENT ON COLUMN iam_review_deleted_principals.sid IS 'Sid of the statement';
COMMENT ON COLUMN iam_review_deleted_principals.effect IS 'Allow or Deny';
COMMENT ON COLUMN iam_review_deleted_principals.element IS 'Principal or NotPrincipal';
COMMENT ON COLUMN iam_review_deleted_principals.principal IS 'the principal as the policy names it';
COMMENT ON COLUMN iam_review_deleted_principals.principal_kind IS 'what it was: user, role, identity provider, ...';
COMMENT ON COLUMN iam_review_deleted_principals.finding IS 'what is wrong';

/* Roles that nobody gets into (WHO-1, WHO-2). */
CREATE VIEW iam_review_unusable_trust WITH (security_invoker = true) AS
	WITH usable AS MATERIALIZED (
		SELECT DISTINCT s.role_arn
		FROM iam_assume_step((SELECT array_agg(i.arn) FROM iam_identity AS i WHERE i.kind = 'role'), '{}', true, false) AS s
		/* a provider that its account does not have gives nobody a token */
		WHERE s.kind <> 'provider' OR s.account_id IS NULL
			OR NOT EXISTS (SELECT FROM iam_identity_provider AS p WHERE p.account_id = s.account_id)
			OR EXISTS (SELECT FROM iam_identity_provider AS p WHERE p.account_id = s.account_id AND p.arn::text = s.principal)),
	gone AS MATERIALIZED (
		SELECT d.account_id, d.object_arn, d.principal
		FROM iam_review_deleted_principals AS d
		WHERE d.object_kind = 'trust policy')
	SELECT i.account_id, i.arn::text AS role_arn, e.principals,
		   CASE WHEN e.allowed IS NULL THEN 'the trust policy allows nobody'
				WHEN e.living = 0 THEN 'no principal it names exists'
				ELSE 'every principal it names is denied, or has no permission to assume the role' END AS finding
	FROM iam_identity AS i
	JOIN iam_trust AS t ON t.account_id = i.account_id AND t.role_arn = i.arn
	CROSS JOIN LATERAL (
		SELECT string_agg(DISTINCT r.entry, ', ' ORDER BY r.entry) AS principals, count(*) FILTER (WHERE r.effect = 'Allow') > 0 OR NULL AS allowed,
			   count(*) FILTER (WHERE r.effect = 'Allow' AND (r.caller = '*' OR r.caller IS NOT NULL AND NOT EXISTS (
					SELECT FROM gone AS d
					WHERE d.account_id = i.account_id AND d.object_arn = i.arn::text AND d.principal = r.entry))
					OR r.caller IS NULL AND EXISTS (SELECT FROM iam_identity AS u WHERE u.unique_id = split_part(r.entry, ':', 1))) AS living
		FROM iam_review_entries(t.policy) AS r
		WHERE r.effect = 'Allow') AS e
	WHERE i.kind = 'role' AND t.policy IS NOT NULL
		AND NOT EXISTS (SELECT FROM usable AS u WHERE u.role_arn = i.arn);

COMMENT ON VIEW iam_review_unusable_trust IS 'roles whose trust policy nobody can exercise';
COMMENT ON COLUMN iam_review_unusable_trust.account_id IS 'account of the role';
COMMENT ON COLUMN iam_review_unusable_trust.role_arn IS 'ARN of the role';
COMMENT ON COLUMN iam_review_unusable_trust.principals IS 'principals its Allow statements name, with commas between';
COMMENT ON COLUMN iam_review_unusable_trust.finding IS 'why nobody can';

/*
 * Confused deputies.  CD-1: a service that would act on behalf of a stranger's
 * resource.  CD-2: a third party that need not pass an external id, so that each
 * customer of it can have it act on every other customer's account.
 */
CREATE VIEW iam_review_confused_deputy WITH (security_invoker = true) AS
	WITH trust AS MATERIALIZED (SELECT * FROM iam_review_trust),
	grants AS MATERIALIZED (
		SELECT r.account_id, r.arn, e.ordinal, e.sid, e.entry, e.alone, arn_service(r.arn) AS service,
			   iam_caller(e.caller) AS caller,
			   /* an action the statement takes in, and a resource it names */
			   CASE WHEN a.action LIKE '%:%' THEN regexp_replace(a.action, '[*?]', 'z', 'g')
					ELSE arn_service(r.arn) || ':zzProbe' END AS action,
			   CASE WHEN s.resource ~ '^arn:[^:]+:[^:]+:[^:]*:[^:]*:.' THEN s.resource ELSE r.arn::text END AS resource
		FROM iam_resource AS r
		CROSS JOIN LATERAL iam_review_entries(r.policy) AS e
		CROSS JOIN LATERAL (SELECT e.actions[1]) AS a (action)
		CROSS JOIN LATERAL (SELECT regexp_replace(e.resources[1], '\$\{[^}]*\}?', 'zz', 'g')) AS s (resource)
		WHERE e.effect = 'Allow' AND e.element = 'Principal' AND e.type = 'Service' AND e.caller IS NOT NULL),
	asked AS (
		SELECT g.*,
			   iam_request(g.action, g.resource,
						   '{"aws:SourceArn": "arn:aws:zz-review:us-east-1:000000000000:zz", "aws:SourceAccount": "000000000000", "aws:SourceOrgID": "o-zzzzzzzzzz", "aws:SourceOrgPaths": ["o-zzzzzzzzzz/r-zzzz/"]}',
						   g.account_id, true) AS request
		FROM grants AS g)
	SELECT 'CD-1' AS rule, t.account_id, 'trust policy' AS object_kind, t.role_arn AS object_arn, t.statement, t.sid, t.principal,
		   t.decision, t.conditions, t.role_arn ~ '^arn:[^:]*:iam::[0-9]{12}:role/aws-service-role/' AS service_linked,
		   'the service is let in on behalf of anybody''s resource: no aws:SourceArn, aws:SourceAccount, aws:SourceOrgID or aws:SourceOrgPaths is asked for' AS finding
	FROM trust AS t
	WHERE t.principal_type = 'Service' AND NOT t.requires_source
	UNION ALL
	SELECT 'CD-1', q.account_id, 'resource policy', q.arn::text, q.ordinal, q.sid, q.entry,
		   d.decision::text, iam_review_conditions(q.alone, 'resource', q.request, q.caller)::text, false,
		   'the service is let in on behalf of anybody''s resource: no aws:SourceArn, aws:SourceAccount, aws:SourceOrgID or aws:SourceOrgPaths is asked for'
	FROM asked AS q
	CROSS JOIN LATERAL (SELECT iam_review_decision(q.alone, 'resource', q.request, q.caller)) AS d (decision)
	WHERE d.decision >= 'conditional'
	UNION ALL
	SELECT 'CD-2', t.account_id, 'trust policy', t.role_arn, t.statement, t.sid, t.principal, t.decision, t.conditions, false,
		   'a third party is let in without sts:ExternalId'
	FROM trust AS t
	WHERE t.relation IN ('third party', 'other organization') AND NOT t.requires_external_id AND NOT t.requires_organization
	UNION ALL
	SELECT 'CD-2', t.account_id, 'trust policy', t.role_arn, t.statement, t.sid, t.principal, t.decision, t.conditions, false,
		   'anyone is let in without sts:ExternalId'
	FROM iam_review_open_roles AS t
	WHERE t.open_to = 'anyone' AND NOT t.requires_external_id;

COMMENT ON VIEW iam_review_confused_deputy IS 'grants by which a service (CD-1) or a third party (CD-2) can be made a confused deputy';
COMMENT ON COLUMN iam_review_confused_deputy.rule IS 'CD-1 or CD-2';
COMMENT ON COLUMN iam_review_confused_deputy.account_id IS 'account of the role or resource';
COMMENT ON COLUMN iam_review_confused_deputy.object_kind IS 'trust policy or resource policy';
COMMENT ON COLUMN iam_review_confused_deputy.object_arn IS 'ARN of the role or resource';
COMMENT ON COLUMN iam_review_confused_deputy.statement IS 'statement of the policy, counted from 0';
COMMENT ON COLUMN iam_review_confused_deputy.sid IS 'Sid of the statement';
COMMENT ON COLUMN iam_review_confused_deputy.principal IS 'the service or third party as the policy names it';
COMMENT ON COLUMN iam_review_confused_deputy.decision IS 'allowed, or conditional';
COMMENT ON COLUMN iam_review_confused_deputy.conditions IS 'what must hold all the same, as a JSON tree';
COMMENT ON COLUMN iam_review_confused_deputy.service_linked IS 'whether it is a service-linked role, whose trust policy only the service can change';
COMMENT ON COLUMN iam_review_confused_deputy.finding IS 'what is wrong';
