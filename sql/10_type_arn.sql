/*
 * The type arn: one concrete ARN.
 */

CREATE TYPE arn;

CREATE FUNCTION arn_in(cstring) RETURNS arn
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'arn_in';
COMMENT ON FUNCTION arn_in(cstring) IS 'text input of type arn';

CREATE FUNCTION arn_out(arn) RETURNS cstring
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'arn_out';
COMMENT ON FUNCTION arn_out(arn) IS 'text output of type arn';

CREATE FUNCTION arn_recv(internal) RETURNS arn
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'arn_recv';
COMMENT ON FUNCTION arn_recv(internal) IS 'binary input of type arn';

CREATE FUNCTION arn_send(arn) RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'arn_send';
COMMENT ON FUNCTION arn_send(arn) IS 'binary output of type arn';

CREATE TYPE arn (
	INPUT = arn_in,
	OUTPUT = arn_out,
	RECEIVE = arn_recv,
	SEND = arn_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = int4,
	STORAGE = main
);
COMMENT ON TYPE arn IS 'one concrete Amazon Resource Name; * and ? in it are ordinary characters';

CREATE CAST (arn AS text) WITH INOUT AS ASSIGNMENT;
COMMENT ON CAST (arn AS text) IS 'an ARN as text';

CREATE CAST (text AS arn) WITH INOUT;
COMMENT ON CAST (text AS arn) IS 'text as an ARN, an error where it is none';

CREATE FUNCTION arn_partition(arn) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'arn_partition';
COMMENT ON FUNCTION arn_partition(arn) IS 'the partition of an ARN, such as aws';

CREATE FUNCTION arn_service(arn) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'arn_service';
COMMENT ON FUNCTION arn_service(arn) IS 'the service of an ARN, such as s3';

CREATE FUNCTION arn_region(arn) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'arn_region';
COMMENT ON FUNCTION arn_region(arn) IS 'the region of an ARN, empty where it has none';

CREATE FUNCTION arn_account(arn) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'arn_account';
COMMENT ON FUNCTION arn_account(arn) IS 'the account id of an ARN, empty where it has none';

CREATE FUNCTION arn_resource(arn) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'arn_resource';
COMMENT ON FUNCTION arn_resource(arn) IS 'what follows the fifth colon of an ARN';

CREATE FUNCTION arn_eq(arn, arn) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'arn_eq';
COMMENT ON FUNCTION arn_eq(arn, arn) IS 'implementation of = operator';

CREATE FUNCTION arn_ne(arn, arn) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'arn_ne';
COMMENT ON FUNCTION arn_ne(arn, arn) IS 'implementation of <> operator';

CREATE FUNCTION arn_lt(arn, arn) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'arn_lt';
COMMENT ON FUNCTION arn_lt(arn, arn) IS 'implementation of < operator';

CREATE FUNCTION arn_le(arn, arn) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'arn_le';
COMMENT ON FUNCTION arn_le(arn, arn) IS 'implementation of <= operator';

CREATE FUNCTION arn_gt(arn, arn) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'arn_gt';
COMMENT ON FUNCTION arn_gt(arn, arn) IS 'implementation of > operator';

CREATE FUNCTION arn_ge(arn, arn) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'arn_ge';
COMMENT ON FUNCTION arn_ge(arn, arn) IS 'implementation of >= operator';

CREATE OPERATOR = (
	LEFTARG = arn,
	RIGHTARG = arn,
	FUNCTION = arn_eq,
	COMMUTATOR = =,
	NEGATOR = <>,
	RESTRICT = eqsel,
	JOIN = eqjoinsel,
	HASHES,
	MERGES
);
COMMENT ON OPERATOR = (arn, arn) IS 'equal';

CREATE OPERATOR <> (
	LEFTARG = arn,
	RIGHTARG = arn,
	FUNCTION = arn_ne,
	COMMUTATOR = <>,
	NEGATOR = =,
	RESTRICT = neqsel,
	JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (arn, arn) IS 'not equal';

CREATE OPERATOR < (
	LEFTARG = arn,
	RIGHTARG = arn,
	FUNCTION = arn_lt,
	COMMUTATOR = >,
	NEGATOR = >=,
	RESTRICT = scalarltsel,
	JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR < (arn, arn) IS 'less than';

CREATE OPERATOR <= (
	LEFTARG = arn,
	RIGHTARG = arn,
	FUNCTION = arn_le,
	COMMUTATOR = >=,
	NEGATOR = >,
	RESTRICT = scalarlesel,
	JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR <= (arn, arn) IS 'less than or equal';

CREATE OPERATOR > (
	LEFTARG = arn,
	RIGHTARG = arn,
	FUNCTION = arn_gt,
	COMMUTATOR = <,
	NEGATOR = <=,
	RESTRICT = scalargtsel,
	JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR > (arn, arn) IS 'greater than';

CREATE OPERATOR >= (
	LEFTARG = arn,
	RIGHTARG = arn,
	FUNCTION = arn_ge,
	COMMUTATOR = <=,
	NEGATOR = <,
	RESTRICT = scalargesel,
	JOIN = scalargejoinsel
);
COMMENT ON OPERATOR >= (arn, arn) IS 'greater than or equal';

CREATE FUNCTION arn_cmp(arn, arn) RETURNS integer
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'arn_cmp';
COMMENT ON FUNCTION arn_cmp(arn, arn) IS 'less, equal or greater, as a number';

CREATE FUNCTION arn_hash(arn) RETURNS integer
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'arn_hash';
COMMENT ON FUNCTION arn_hash(arn) IS 'hash of an ARN';

CREATE FUNCTION arn_hash_extended(arn, bigint) RETURNS bigint
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'arn_hash_extended';
COMMENT ON FUNCTION arn_hash_extended(arn, bigint) IS '64-bit hash of an ARN with a seed';

CREATE OPERATOR CLASS arn_ops
DEFAULT FOR TYPE arn USING btree AS
	OPERATOR 1 <,
	OPERATOR 2 <=,
	OPERATOR 3 =,
	OPERATOR 4 >=,
	OPERATOR 5 >,
	FUNCTION 1 arn_cmp(arn, arn);
COMMENT ON OPERATOR CLASS arn_ops USING btree IS 'order by bytes';
COMMENT ON OPERATOR FAMILY arn_ops USING btree IS 'order by bytes';

CREATE OPERATOR CLASS arn_ops
DEFAULT FOR TYPE arn USING hash AS
	OPERATOR 1 =,
	FUNCTION 1 arn_hash(arn),
	FUNCTION 2 arn_hash_extended(arn, bigint);
COMMENT ON OPERATOR CLASS arn_ops USING hash IS 'equality by bytes';
COMMENT ON OPERATOR FAMILY arn_ops USING hash IS 'equality by bytes';

