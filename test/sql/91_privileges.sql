-- Rights are the caller's: no table can be read or filled without being granted; and
-- row level security hides rows from the evaluation as from any query: a Deny that is hidden does not count.
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set file :abs_srcdir '/fixtures/import/account.json'
\set document `cat :'file'`
BEGIN;
SELECT count(*) > 0 AS imported FROM iam_import(:'document');
SELECT arn::text AS role FROM iam_identity WHERE kind = 'role' ORDER BY arn LIMIT 1 \gset
SELECT arn::text AS "user" FROM iam_identity WHERE kind = 'user' ORDER BY arn LIMIT 1 \gset
CREATE ROLE iam_reviewer;
SET LOCAL ROLE iam_reviewer;
-- the row-level functions are everybody's
SELECT iam_evaluate('{"principal":"anonymous","action":"s3:GetObject","resource":"arn:aws:s3:::b/k"}');
-- the catalogue too
SELECT count(*) > 0 AS actions FROM iam_action;
SAVEPOINT s;
SELECT count(*) FROM iam_identity;
ROLLBACK TO s;
SELECT iam_evaluate(:'user', 'iam:GetUser', '*');
ROLLBACK TO s;
SELECT count(*) FROM iam_who_can_assume(:'role');
ROLLBACK TO s;
SELECT count(*) FROM iam_import('{"Roots":[]}');
ROLLBACK TO s;
INSERT INTO iam_quota VALUES ('mine', 1, 1, 'objects', 'x');
ROLLBACK TO s;
RESET ROLE;
DO $$
DECLARE
	t regclass;
BEGIN
	FOR t IN SELECT c.oid FROM pg_class AS c JOIN pg_depend AS d ON d.objid = c.oid AND d.classid = 'pg_class'::regclass AND d.deptype = 'e'
			 JOIN pg_extension AS e ON e.oid = d.refobjid AND e.extname = 'iam' WHERE c.relkind IN ('r', 'v') LOOP
		EXECUTE format('GRANT SELECT ON %s TO iam_reviewer', t);
	END LOOP;
END $$;
SET LOCAL ROLE iam_reviewer;
SELECT count(*) > 0 AS identities FROM iam_identity;
SELECT iam_evaluate(:'user', 'iam:GetUser', '*') IS NOT NULL AS answered;
RESET ROLE;
-- with row level security: what is hidden is not there
ALTER TABLE iam_identity ENABLE ROW LEVEL SECURITY;
CREATE POLICY users_only ON iam_identity TO iam_reviewer USING (kind = 'user');
SET LOCAL ROLE iam_reviewer;
SELECT DISTINCT kind FROM iam_identity;
SAVEPOINT s;
SELECT count(*) FROM iam_who_can_assume(:'role');
ROLLBACK TO s;
SELECT iam_evaluate(:'user', 'iam:GetUser', '*') IS NOT NULL AS answered;
RESET ROLE;
ROLLBACK;
