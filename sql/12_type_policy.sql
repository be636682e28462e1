/*
 * The type iam_policy: one policy document.
 *
 * Equality, order and hash are on the canonical text.
 */

CREATE TYPE iam_policy;

CREATE FUNCTION iam_policy_in(cstring) RETURNS iam_policy
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100
AS 'MODULE_PATHNAME', 'iam_policy_in';
COMMENT ON FUNCTION iam_policy_in(cstring) IS 'text input of type iam_policy';

CREATE FUNCTION iam_policy_out(iam_policy) RETURNS cstring
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'iam_policy_out';
COMMENT ON FUNCTION iam_policy_out(iam_policy) IS 'text output of type iam_policy';

CREATE FUNCTION iam_policy_recv(internal) RETURNS iam_policy
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100
AS 'MODULE_PATHNAME', 'iam_policy_recv';
COMMENT ON FUNCTION iam_policy_recv(internal) IS 'binary input of type iam_policy';

CREATE FUNCTION iam_policy_send(iam_policy) RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'iam_policy_send';
COMMENT ON FUNCTION iam_policy_send(iam_policy) IS 'binary output of type iam_policy';

CREATE TYPE iam_policy (
	INPUT = iam_policy_in,
	OUTPUT = iam_policy_out,
	RECEIVE = iam_policy_recv,
	SEND = iam_policy_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = int4,
	STORAGE = extended
);
COMMENT ON TYPE iam_policy IS 'an IAM policy document, checked and compiled at input; its text is canonical JSON';

CREATE CAST (text AS iam_policy) WITH INOUT AS ASSIGNMENT;
COMMENT ON CAST (text AS iam_policy) IS 'text as a policy, an error where it is none';

CREATE CAST (json AS iam_policy) WITH INOUT AS ASSIGNMENT;
COMMENT ON CAST (json AS iam_policy) IS 'json as a policy, an error where it is none';

CREATE CAST (jsonb AS iam_policy) WITH INOUT AS ASSIGNMENT;
COMMENT ON CAST (jsonb AS iam_policy) IS 'jsonb as a policy, an error where it is none';

CREATE CAST (iam_policy AS text) WITH INOUT;
COMMENT ON CAST (iam_policy AS text) IS 'a policy''s canonical JSON as text';

CREATE CAST (iam_policy AS json) WITH INOUT;
COMMENT ON CAST (iam_policy AS json) IS 'a policy''s canonical JSON as json';

CREATE CAST (iam_policy AS jsonb) WITH INOUT;
COMMENT ON CAST (iam_policy AS jsonb) IS 'a policy''s canonical JSON as jsonb';

CREATE FUNCTION iam_policy_eq(iam_policy, iam_policy) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'iam_policy_eq';
COMMENT ON FUNCTION iam_policy_eq(iam_policy, iam_policy) IS 'implementation of = operator';

CREATE FUNCTION iam_policy_ne(iam_policy, iam_policy) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'iam_policy_ne';
COMMENT ON FUNCTION iam_policy_ne(iam_policy, iam_policy) IS 'implementation of <> operator';

CREATE FUNCTION iam_policy_lt(iam_policy, iam_policy) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'iam_policy_lt';
COMMENT ON FUNCTION iam_policy_lt(iam_policy, iam_policy) IS 'implementation of < operator';

CREATE FUNCTION iam_policy_le(iam_policy, iam_policy) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'iam_policy_le';
COMMENT ON FUNCTION iam_policy_le(iam_policy, iam_policy) IS 'implementation of <= operator';

CREATE FUNCTION iam_policy_gt(iam_policy, iam_policy) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'iam_policy_gt';
COMMENT ON FUNCTION iam_policy_gt(iam_policy, iam_policy) IS 'implementation of > operator';

CREATE FUNCTION iam_policy_ge(iam_policy, iam_policy) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'iam_policy_ge';
COMMENT ON FUNCTION iam_policy_ge(iam_policy, iam_policy) IS 'implementation of >= operator';

CREATE OPERATOR = (
	LEFTARG = iam_policy,
	RIGHTARG = iam_policy,
	FUNCTION = iam_policy_eq,
	COMMUTATOR = =,
	NEGATOR = <>,
	RESTRICT = eqsel,
	JOIN = eqjoinsel,
	HASHES,
	MERGES
);
COMMENT ON OPERATOR = (iam_policy, iam_policy) IS 'equal';

CREATE OPERATOR <> (
	LEFTARG = iam_policy,
	RIGHTARG = iam_policy,
	FUNCTION = iam_policy_ne,
	COMMUTATOR = <>,
	NEGATOR = =,
	RESTRICT = neqsel,
	JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (iam_policy, iam_policy) IS 'not equal';

CREATE OPERATOR < (
	LEFTARG = iam_policy,
	RIGHTARG = iam_policy,
	FUNCTION = iam_policy_lt,
	COMMUTATOR = >,
	NEGATOR = >=,
	RESTRICT = scalarltsel,
	JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR < (iam_policy, iam_policy) IS 'less than';

CREATE OPERATOR <= (
	LEFTARG = iam_policy,
	RIGHTARG = iam_policy,
	FUNCTION = iam_policy_le,
	COMMUTATOR = >=,
	NEGATOR = >,
	RESTRICT = scalarlesel,
	JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR <= (iam_policy, iam_policy) IS 'less than or equal';

CREATE OPERATOR > (
	LEFTARG = iam_policy,
	RIGHTARG = iam_policy,
	FUNCTION = iam_policy_gt,
	COMMUTATOR = <,
	NEGATOR = <=,
	RESTRICT = scalargtsel,
	JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR > (iam_policy, iam_policy) IS 'greater than';

CREATE OPERATOR >= (
	LEFTARG = iam_policy,
	RIGHTARG = iam_policy,
	FUNCTION = iam_policy_ge,
	COMMUTATOR = <=,
	NEGATOR = <,
	RESTRICT = scalargesel,
	JOIN = scalargejoinsel
);
COMMENT ON OPERATOR >= (iam_policy, iam_policy) IS 'greater than or equal';

CREATE FUNCTION iam_policy_cmp(iam_policy, iam_policy) RETURNS integer
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'iam_policy_cmp';
COMMENT ON FUNCTION iam_policy_cmp(iam_policy, iam_policy) IS 'less, equal or greater, as a number';

CREATE FUNCTION iam_policy_hash(iam_policy) RETURNS integer
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'iam_policy_hash';
COMMENT ON FUNCTION iam_policy_hash(iam_policy) IS 'hash of a policy''s canonical text';

CREATE FUNCTION iam_policy_hash_extended(iam_policy, bigint) RETURNS bigint
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'iam_policy_hash_extended';
COMMENT ON FUNCTION iam_policy_hash_extended(iam_policy, bigint) IS '64-bit hash of a policy''s canonical text with a seed';

CREATE OPERATOR CLASS iam_policy_ops
DEFAULT FOR TYPE iam_policy USING btree AS
	OPERATOR 1 <,
	OPERATOR 2 <=,
	OPERATOR 3 =,
	OPERATOR 4 >=,
	OPERATOR 5 >,
	FUNCTION 1 iam_policy_cmp(iam_policy, iam_policy);
COMMENT ON OPERATOR CLASS iam_policy_ops USING btree IS 'order by bytes';
COMMENT ON OPERATOR FAMILY iam_policy_ops USING btree IS 'order by bytes';

CREATE OPERATOR CLASS iam_policy_ops
DEFAULT FOR TYPE iam_policy USING hash AS
	OPERATOR 1 =,
	FUNCTION 1 iam_policy_hash(iam_policy),
	FUNCTION 2 iam_policy_hash_extended(iam_policy, bigint);
COMMENT ON OPERATOR CLASS iam_policy_ops USING hash IS 'equality by bytes';
COMMENT ON OPERATOR FAMILY iam_policy_ops USING hash IS 'equality by bytes';

