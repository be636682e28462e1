-- What every object of the extension has to have.
CREATE TEMP VIEW member AS
SELECT d.classid, d.objid
FROM pg_depend AS d JOIN pg_extension AS e ON e.oid = d.refobjid AND e.extname = 'iam'
WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
	-- array types, and the row types of tables and views, are members from 17 on
	AND NOT (d.classid = 'pg_type'::regclass AND EXISTS (
		SELECT FROM pg_type AS t LEFT JOIN pg_class AS c ON c.oid = t.typrelid
		WHERE t.oid = d.objid AND (t.typcategory = 'A' OR c.relkind <> 'c')));

-- objects and columns without a description: none
SELECT pg_describe_object(classid, objid, 0) AS object
FROM member
WHERE obj_description(objid, classid::regclass::name) IS NULL
ORDER BY object;
SELECT a.attrelid::regclass, a.attname
FROM member AS m JOIN pg_class AS c ON m.classid = 'pg_class'::regclass AND c.oid = m.objid AND c.relkind IN ('r', 'v')
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE col_description(a.attrelid, a.attnum) IS NULL
ORDER BY 1, 2;

-- functions that a planner could only treat badly: VOLATILE without writing, not PARALLEL SAFE
SELECT p.oid::regprocedure, p.provolatile, p.proparallel
FROM member AS m JOIN pg_proc AS p ON m.classid = 'pg_proc'::regclass AND p.oid = m.objid
WHERE (p.provolatile = 'v' OR p.proparallel <> 's') AND p.prokind = 'f'
ORDER BY 1;
-- nothing runs with its owner's rights, and plpgsql has a fixed search path
SELECT p.oid::regprocedure
FROM member AS m JOIN pg_proc AS p ON m.classid = 'pg_proc'::regclass AND p.oid = m.objid JOIN pg_language AS l ON l.oid = p.prolang
WHERE p.prosecdef OR l.lanname = 'plpgsql' AND p.proconfig IS NULL
ORDER BY 1;
-- views read with the caller's rights
SELECT c.oid::regclass
FROM member AS m JOIN pg_class AS c ON m.classid = 'pg_class'::regclass AND c.oid = m.objid
WHERE c.relkind = 'v' AND NOT coalesce(c.reloptions @> '{security_invoker=true}', false)
ORDER BY 1;
-- user tables are dumped, shipped ones are not
SELECT c.oid::regclass AS table, c.oid = ANY (e.extconfig) AS dumped
FROM member AS m JOIN pg_class AS c ON m.classid = 'pg_class'::regclass AND c.oid = m.objid AND c.relkind = 'r', pg_extension AS e
WHERE e.extname = 'iam'
ORDER BY c.relname COLLATE "C";
-- operator classes hold together
SELECT opcname, amvalidate(o.oid)
FROM member AS m JOIN pg_opclass AS o ON m.classid = 'pg_opclass'::regclass AND o.oid = m.objid
ORDER BY opcname, opcmethod;
