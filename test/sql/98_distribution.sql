-- What lets Citus distribute the tables and push queries down (docs/scaling.md): account_id is in every key of an account's table,
-- no triggers, no sequences, and no table read by a function that is called for each row.
CREATE TEMP VIEW member AS
SELECT d.classid, d.objid
FROM pg_depend AS d JOIN pg_extension AS e ON e.oid = d.refobjid AND e.extname = 'iam'
WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e';
CREATE TEMP VIEW own_table AS
SELECT c.oid, c.oid::regclass AS name, a.attnum AS account_id, c.relname COLLATE "C" AS sorting
FROM member AS m JOIN pg_class AS c ON m.classid = 'pg_class'::regclass AND c.oid = m.objid AND c.relkind IN ('r', 'p')
LEFT JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'account_id';

-- who goes where: tables of accounts are those whose key begins with account_id
SELECT t.name, pg_get_constraintdef(k.oid) AS key,
	CASE WHEN t.account_id = k.conkey[1] AND cardinality(k.conkey) > 1 THEN 'of an account' ELSE 'shared' END AS rows
FROM own_table AS t LEFT JOIN pg_constraint AS k ON k.conrelid = t.oid AND k.contype = 'p'
ORDER BY rows, t.sorting;
-- there is one type of account_id, text, and it is never NULL
SELECT t.name, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull
FROM own_table AS t JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum = t.account_id
WHERE a.atttypid <> 'text'::regtype OR NOT a.attnotnull;
-- a key without account_id could not be checked in one shard
SELECT t.name, i.indexrelid::regclass AS index
FROM own_table AS t JOIN pg_index AS i ON i.indrelid = t.oid AND (i.indisunique OR i.indisexclusion)
WHERE t.account_id IS NOT NULL AND i.indkey[0] <> t.account_id
ORDER BY t.sorting;
-- a reference from account to account, or to a table without accounts
SELECT k.conrelid::regclass AS table, k.conname
FROM own_table AS t JOIN pg_constraint AS k ON k.conrelid = t.oid AND k.contype = 'f' JOIN own_table AS r ON r.oid = k.confrelid
WHERE (t.account_id IS NOT NULL OR r.account_id IS NOT NULL)
	AND NOT EXISTS (SELECT FROM unnest(k.conkey, k.confkey) AS c (here, there) WHERE c.here = t.account_id AND c.there = r.account_id)
ORDER BY 1, 2;
-- triggers, other than those of foreign keys; rules; sequences; partitions and parents
SELECT tgrelid::regclass AS table, tgname FROM pg_trigger JOIN own_table AS t ON t.oid = tgrelid WHERE NOT tgisinternal;
SELECT ev_class::regclass AS table, rulename FROM pg_rewrite JOIN own_table AS t ON t.oid = ev_class;
SELECT m.objid::regclass AS sequence FROM member AS m JOIN pg_class AS c ON m.classid = 'pg_class'::regclass AND c.oid = m.objid AND c.relkind = 'S';
SELECT attrelid::regclass AS table, attname FROM pg_attribute JOIN own_table AS t ON t.oid = attrelid WHERE attidentity <> '';
SELECT inhrelid::regclass AS table FROM pg_inherits JOIN own_table AS t ON t.oid IN (inhrelid, inhparent);
-- a default or a generated column is the same on every node
SELECT DISTINCT d.adrelid::regclass AS table, p.oid::regprocedure AS function
FROM pg_attrdef AS d JOIN own_table AS t ON t.oid = d.adrelid
JOIN pg_depend AS u ON u.classid = 'pg_attrdef'::regclass AND u.objid = d.oid AND u.refclassid = 'pg_proc'::regclass
JOIN pg_proc AS p ON p.oid = u.refobjid
WHERE p.provolatile <> 'i';

-- what is IMMUTABLE reads no table: neither by itself nor by what it calls
WITH RECURSIVE function AS (
	SELECT p.oid, p.oid AS called, p.provolatile
	FROM member AS m JOIN pg_proc AS p ON m.classid = 'pg_proc'::regclass AND p.oid = m.objid
	WHERE p.provolatile = 'i'
	UNION
	SELECT f.oid, d.refobjid, p.provolatile
	FROM function AS f JOIN pg_depend AS d ON d.classid = 'pg_proc'::regclass AND d.objid = f.called AND d.refclassid = 'pg_proc'::regclass
	JOIN pg_proc AS p ON p.oid = d.refobjid)
SELECT f.oid::regprocedure AS function, f.called::regprocedure AS calls, d.refobjid::regclass AS reads
FROM function AS f
LEFT JOIN pg_depend AS d ON d.classid = 'pg_proc'::regclass AND d.objid = f.called AND d.refclassid = 'pg_class'::regclass
	AND d.refobjid IN (SELECT c.oid FROM pg_class AS c WHERE c.relkind IN ('r', 'v', 'p', 'm'))
WHERE f.provolatile <> 'i' OR d.refobjid IS NOT NULL
ORDER BY 1, 2;
-- what works row by row is IMMUTABLE and PARALLEL SAFE, and no argument is of a type with a collation: a foreign server is sent it
SELECT p.oid::regprocedure AS function, p.provolatile, p.proparallel
FROM pg_proc AS p
WHERE (p.oid IN ('iam_policy_effect(iam_policy, iam_policy_kind, iam_request, iam_caller)'::regprocedure, 'iam_policy_may_match(iam_policy, iam_request)'::regprocedure,
		'iam_effect_allows(iam_effect)'::regprocedure, 'iam_effect_denies(iam_effect)'::regprocedure, 'iam_policy_depends_on_caller(iam_policy)'::regprocedure,
		'iam_caller(arn, json, json)'::regprocedure, 'iam_evaluate(json)'::regprocedure, 'iam_explain(json)'::regprocedure,
		'iam_decide(iam_request, iam_caller, iam_policy_kind, integer, iam_effect)'::regprocedure,
		'iam_decide_conditions(iam_request, iam_caller, iam_policy_kind, integer, iam_effect)'::regprocedure)
	   OR p.oid IN (SELECT o.oprcode FROM member AS m JOIN pg_operator AS o ON m.classid = 'pg_operator'::regclass AND o.oid = m.objid))
	AND (p.provolatile <> 'i' OR p.proparallel <> 's'
		 OR EXISTS (SELECT FROM unnest(p.proargtypes) AS a (type) JOIN pg_type AS t ON t.oid = a.type WHERE t.typcollation <> 0))
ORDER BY 1;
-- partial states are combined, and travel
SELECT g.aggfnoid::regprocedure AS aggregate, g.aggcombinefn <> 0 AS combined, g.aggserialfn <> 0 AND g.aggdeserialfn <> 0 AS sent
FROM member AS m JOIN pg_aggregate AS g ON m.classid = 'pg_proc'::regclass AND g.aggfnoid = m.objid
ORDER BY g.aggfnoid::regprocedure::text COLLATE "C";
