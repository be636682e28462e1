--
-- Review views
--
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set file :abs_srcdir '/fixtures/review/account.json'
\set document `cat :'file'`
\set file :abs_srcdir '/fixtures/review/organization.json'
\set organization `cat :'file'`
BEGIN;
-- the one problem is the trust policy of the role unreadable
SELECT object_kind, imported, problems FROM iam_import(:'document') ORDER BY 1;
SELECT sum(imported) > 0 AS imported FROM iam_import(:'organization');
-- an account of another organization
INSERT INTO iam_organization (organization_id, management_account_id, root_id) VALUES ('o-otherorgid', '100000000003', 'r-othr');
INSERT INTO iam_account (account_id, name, organization_id, parent_id) VALUES ('100000000003', 'acquired', 'o-otherorgid', 'r-othr');
INSERT INTO iam_identity_provider (account_id, arn, kind, url, client_ids) VALUES
	('100000000001', 'arn:aws:iam::100000000001:oidc-provider/token.actions.githubusercontent.com', 'oidc', 'token.actions.githubusercontent.com', '{sts.amazonaws.com}'),
	('100000000001', 'arn:aws:iam::100000000001:saml-provider/example', 'saml', NULL, NULL);
INSERT INTO iam_credential (account_id, user_arn, kind, identifier, active, created_at, rotated_at, last_used_at)
SELECT '100000000001', ('arn:aws:iam::100000000001:' || c.name)::arn, c.kind, c.identifier, c.active,
	now() - c.created * interval '24 hours', now() - c.rotated * interval '24 hours', now() - c.used * interval '24 hours'
FROM (VALUES
	('root', 'password', '', true, 1000, 900, 400), ('root', 'mfa_device', '', false, NULL, NULL, NULL), ('root', 'access_key', '1', true, 800, 800, NULL),
	('user/ann', 'password', '', true, 500, 30, 2), ('user/ann', 'mfa_device', 'arn:aws:iam::100000000001:mfa/ann', true, 500, NULL, NULL), ('user/ann', 'access_key', 'AKIAEXAMPLE000000001', true, 20, NULL, 1),
	('user/ben', 'password', '', true, 500, 400, 300), ('user/ben', 'mfa_device', '', false, NULL, NULL, NULL),
	('user/cem', 'password', '', false, NULL, NULL, NULL), ('user/cem', 'mfa_device', '', false, NULL, NULL, NULL), ('user/cem', 'access_key', '1', true, 200, 100, 95),
	('user/cem', 'access_key', '2', false, 300, 300, NULL), ('user/cem', 'signing_certificate', '1', true, 50, 50, NULL)
	) AS c (name, kind, identifier, active, created, rotated, used);
INSERT INTO iam_service_last_accessed (account_id, identity_arn, service, last_accessed_at)
VALUES ('100000000001', 'arn:aws:iam::100000000001:user/eva', 's3', '2024-07-01 00:00Z'), ('100000000001', 'arn:aws:iam::100000000001:user/eva', 'iam', NULL);

-- nothing but plain types
SELECT DISTINCT format_type(a.atttypid, a.atttypmod) AS type
FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0
WHERE c.relname LIKE 'iam\_review\_%' AND c.relkind = 'v' ORDER BY 1;
-- read with the rights of who asks
SELECT c.relname, c.reloptions FROM pg_class AS c WHERE c.relname LIKE 'iam\_review\_%' AND c.relkind = 'v' ORDER BY 1;

-- principals, their last use and credentials
SELECT kind, name, account_name, last_used_at = '2024-07-01 00:00Z' AS by_service, date_trunc('day', now() - last_used_at) AS unused, credentials_known AS known,
	has_password AS password, has_mfa AS mfa, active_access_keys AS active, access_keys AS keys, groups, attached_policies AS attached, inline_policies AS inline
FROM iam_review_principals WHERE kind <> 'role' AND (last_used_at IS NULL OR last_used_at <> '2024-07-01 00:00Z') ORDER BY kind, name;
SELECT name, last_used_at AT TIME ZONE 'UTC' AS last_used_at, unique_id, permissions_boundary, tags
FROM iam_review_principals WHERE name IN ('eva', 'administrator', 'open') ORDER BY name;

-- findings on credentials
SELECT user_name, kind, identifier, active, age_days, unused_days, finding FROM iam_review_credentials ORDER BY user_name, kind, identifier, finding;

-- administrators: by a group (ann), of IAM (ben), with MFA (cem), by a boundary that allows all (eva) but not one that does not (dan), not where IAM is
-- denied (fay), by two policies together (gil), not of some roles (hal) or of all but IAM (ida), perhaps by what is missing (jan, kim)
SELECT name, kind, administers, decision, conditions, policy, policy_kind, group_arn FROM iam_review_administrators ORDER BY name, policy;
-- the view says of everybody what iam_evaluate says
WITH administrator AS MATERIALIZED (SELECT DISTINCT principal, decision FROM iam_review_administrators),
evaluated AS MATERIALIZED (
	SELECT i.arn::text AS principal, min(iam_evaluate(i.arn::text, p.action, format('arn:aws:iam::100000000001:%s/x', p.kind), unknown_context => true))::text AS decision
	FROM iam_identity AS i
	CROSS JOIN (VALUES ('iam:AttachUserPolicy', 'user'), ('iam:PutRolePolicy', 'role'), ('iam:UpdateAssumeRolePolicy', 'role'), ('iam:CreatePolicyVersion', 'policy')) AS p (action, kind)
	WHERE i.kind <> 'group'
	GROUP BY i.arn)
SELECT count(*) AS principals, count(*) FILTER (WHERE coalesce(a.decision, 'denied') <> CASE WHEN e.decision LIKE '%deny' THEN 'denied' ELSE e.decision END) AS different
FROM evaluated AS e LEFT JOIN administrator AS a USING (principal);
-- a service control policy takes it away
SAVEPOINT scp;
UPDATE iam_organization SET enabled_policy_types = '{SERVICE_CONTROL_POLICY}' WHERE organization_id = 'o-exampleorgid';
INSERT INTO iam_control_policy (policy_id, type, policy) VALUES ('p-noiamwrite', 'SERVICE_CONTROL_POLICY',
	'{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"iam:Put*","Resource":"*","Condition":{"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::*:user/ann"}}}]}');
INSERT INTO iam_control_policy_target VALUES ('p-noiamwrite', 'r-exam'), ('p-FullAWSAccess', '100000000001'), ('p-nosuch', '100000000001');
SELECT name, decision FROM iam_review_administrators ORDER BY name;
SELECT * FROM iam_review_dangling WHERE reference = 'control policy';
ROLLBACK TO scp;

-- trust, and what it demands (CD-2): also by a Deny statement, and not where IfExists leaves a way round
SELECT substring(role_arn FROM '[^/]*$') AS role, statement, principal, relation, decision, requires_external_id AS ext, requires_mfa AS mfa, requires_organization AS org
FROM iam_review_trust WHERE principal_type = 'AWS' ORDER BY 1, 3;
SELECT substring(role_arn FROM '[^/]*$') AS role, principal, requires_source AS source, conditions FROM iam_review_trust WHERE relation = 'service' ORDER BY 1, 2;
SELECT substring(role_arn FROM '[^/]*$') AS role, substring(principal FROM '[^/]*$') AS provider, requires_audience AS aud, oidc_subjects, oidc_breadth
FROM iam_review_trust WHERE relation = 'identity provider' ORDER BY 1;

-- roles for anybody
SELECT substring(role_arn FROM '[^/]*$') AS role, open_to, decision, conditions, requires_external_id AS ext, requires_mfa AS mfa FROM iam_review_open_roles ORDER BY 1;

-- confused deputies
SELECT rule, object_kind, object_arn, statement, sid, principal, decision, service_linked FROM iam_review_confused_deputy ORDER BY rule, object_arn, principal;

-- what is not there
SELECT reference, account_id, object_arn, missing, finding FROM iam_review_dangling ORDER BY 1, 3;
SELECT object_kind, object_arn, statement, effect, element, principal, principal_kind, finding FROM iam_review_deleted_principals ORDER BY object_arn, principal;
SELECT role_arn, principals, finding FROM iam_review_unusable_trust ORDER BY role_arn;

-- before a user can be deleted
SELECT user_name, blocker, object, remove_with FROM iam_review_user_deletion WHERE user_name IN ('ann', 'cem', 'dan', 'jan') ORDER BY user_name, blocker, object;

-- quotas (QUOTA-1, QUOTA-2), the default and the user's own
SELECT quota, object, used, quota_value, percent, exceeded FROM iam_review_quota_usage WHERE quota !~ '_size$' ORDER BY quota, object;
INSERT INTO iam_quota_override VALUES ('trust_policy_size', 300), ('versions_per_managed_policy', 4);
SELECT quota, object, used, quota_value, percent, exceeded FROM iam_review_quota_usage WHERE exceeded OR percent = 100 ORDER BY quota, object;
SELECT quota, object, used FROM iam_review_quota_usage WHERE quota ~ '_size$' AND object ~ '(workers|gil|administrator)$' ORDER BY quota, object;

-- names that no request can come from are nobody's
CREATE TEMP TABLE odd AS SELECT * FROM iam_review_entries(
	'{"Statement":[{"Effect":"Allow","Principal":{"AWS":["arn:aws:sts::100000000009:user/x","arn:aws:iam::100000000009:user/x/","arn:aws:iam::100000000009:role/*","*","A","AROADELETEDEXAMPLE001","arn:aws:iam::100000000009:root","100000000009"],"Service":["EC2.AMAZONAWS.COM","ec2..amazonaws.com","ec2.amazonaws.com"],"Federated":["x","accounts.google.com"]},"Action":"sts:*"},{"Effect":"Deny","NotPrincipal":"*","Action":"sts:*"}]}');
SELECT ordinal, effect, element, type, entry, caller, iam_caller(caller) IS NOT NULL AS known FROM odd WHERE caller IS DISTINCT FROM '*' ORDER BY 1, 4, 5;
SELECT count(*) FROM odd WHERE caller = '*';
ROLLBACK;
