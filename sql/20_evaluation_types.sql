/*
 * The types an evaluation is made of.  Their values are flat, so that they can be
 * constants of a query or columns of it, on this server or another.
 */

CREATE TYPE iam_decision AS ENUM ('explicit_deny', 'implicit_deny', 'conditional', 'allowed');
COMMENT ON TYPE iam_decision IS 'the verdict on a request, from worst to best';

CREATE TYPE iam_policy_kind AS ENUM ('identity', 'boundary', 'session', 'resource', 'trust', 'scp', 'rcp', 'endpoint');
COMMENT ON TYPE iam_policy_kind IS 'what a policy is attached as';

CREATE TYPE iam_request;

CREATE FUNCTION iam_request_in(cstring) RETURNS iam_request
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 50
AS 'MODULE_PATHNAME', 'iam_request_in';
COMMENT ON FUNCTION iam_request_in(cstring) IS 'text input of type iam_request';

CREATE FUNCTION iam_request_out(iam_request) RETURNS cstring
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'iam_request_out';
COMMENT ON FUNCTION iam_request_out(iam_request) IS 'text output of type iam_request';

CREATE FUNCTION iam_request_recv(internal) RETURNS iam_request
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 50
AS 'MODULE_PATHNAME', 'iam_request_recv';
COMMENT ON FUNCTION iam_request_recv(internal) IS 'binary input of type iam_request';

CREATE FUNCTION iam_request_send(iam_request) RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'iam_request_send';
COMMENT ON FUNCTION iam_request_send(iam_request) IS 'binary output of type iam_request';

CREATE TYPE iam_request (
	INPUT = iam_request_in,
	OUTPUT = iam_request_out,
	RECEIVE = iam_request_recv,
	SEND = iam_request_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = int4,
	STORAGE = extended
);
COMMENT ON TYPE iam_request IS 'what is asked, compiled: action, resource, context and facts about the resource';

CREATE TYPE iam_caller;

CREATE FUNCTION iam_caller_in(cstring) RETURNS iam_caller
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 50
AS 'MODULE_PATHNAME', 'iam_caller_in';
COMMENT ON FUNCTION iam_caller_in(cstring) IS 'text input of type iam_caller';

CREATE FUNCTION iam_caller_out(iam_caller) RETURNS cstring
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'iam_caller_out';
COMMENT ON FUNCTION iam_caller_out(iam_caller) IS 'text output of type iam_caller';

CREATE FUNCTION iam_caller_recv(internal) RETURNS iam_caller
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 50
AS 'MODULE_PATHNAME', 'iam_caller_recv';
COMMENT ON FUNCTION iam_caller_recv(internal) IS 'binary input of type iam_caller';

CREATE FUNCTION iam_caller_send(iam_caller) RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'iam_caller_send';
COMMENT ON FUNCTION iam_caller_send(iam_caller) IS 'binary output of type iam_caller';

CREATE TYPE iam_caller (
	INPUT = iam_caller_in,
	OUTPUT = iam_caller_out,
	RECEIVE = iam_caller_recv,
	SEND = iam_caller_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = int4,
	STORAGE = extended
);
COMMENT ON TYPE iam_caller IS 'who asks, compiled: the principal, its tags and facts about it';

CREATE TYPE iam_effect;

CREATE FUNCTION iam_effect_in(cstring) RETURNS iam_effect
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'iam_effect_in';
COMMENT ON FUNCTION iam_effect_in(cstring) IS 'text input of type iam_effect';

CREATE FUNCTION iam_effect_out(iam_effect) RETURNS cstring
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'iam_effect_out';
COMMENT ON FUNCTION iam_effect_out(iam_effect) IS 'text output of type iam_effect';

CREATE FUNCTION iam_effect_recv(internal) RETURNS iam_effect
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'iam_effect_recv';
COMMENT ON FUNCTION iam_effect_recv(internal) IS 'binary input of type iam_effect';

CREATE FUNCTION iam_effect_send(iam_effect) RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'iam_effect_send';
COMMENT ON FUNCTION iam_effect_send(iam_effect) IS 'binary output of type iam_effect';

CREATE TYPE iam_effect (
	INPUT = iam_effect_in,
	OUTPUT = iam_effect_out,
	RECEIVE = iam_effect_recv,
	SEND = iam_effect_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = int4,
	STORAGE = extended
);
COMMENT ON TYPE iam_effect IS 'what one policy of one kind says of one request';

