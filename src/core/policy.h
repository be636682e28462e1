/*
 * policy.h: the compiled policy.  One flat, position-independent image made
 * once from text and read in place ever after; docs/on-disk-format.md is its
 * description and stays in step with these structs.
 *
 * All structs are 4-byte aligned, all offsets count from the image's first
 * byte, all reserved bytes are 0.  Strings are slices of the canonical text
 * where it holds them unescaped, of the heap behind it otherwise.
 */
#ifndef IAM_POLICY_H
#define IAM_POLICY_H

#include "base.h"
#include "json_in.h"

#define IAM_POLICY_FORMAT 1

/* What a policy is attached as. SQL: enum iam_policy_kind, same order. */
typedef enum IamPolicyKind
{
	IAM_KIND_IDENTITY, /* inline or managed, of a user, group or role */
	IAM_KIND_BOUNDARY,
	IAM_KIND_SESSION,
	IAM_KIND_RESOURCE, /* bucket, key, queue ... policy */
	IAM_KIND_TRUST,    /* role trust policy */
	IAM_KIND_SCP,
	IAM_KIND_RCP,
	IAM_KIND_ENDPOINT /* VPC endpoint policy */
} IamPolicyKind;

#define IAM_KIND_COUNT 8

const char *iam_kind_name(IamPolicyKind kind);

/* IamPolicy.flags: what an evaluator may skip when the bit is clear */
enum
{
	IAM_HAS_ALLOW = 1 << 0,
	IAM_HAS_DENY = 1 << 1,
	IAM_HAS_CONDITION = 1 << 2,
	IAM_HAS_VARIABLE = 1 << 3, /* in a resource or condition value, Version 2012-10-17 */
	IAM_HAS_NOT_ACTION = 1 << 4,
	IAM_HAS_NOT_RESOURCE = 1 << 5,
	IAM_HAS_NOT_PRINCIPAL = 1 << 6,
	IAM_HAS_PRINCIPAL = 1 << 7,    /* any Principal element */
	IAM_DEPENDS_ON_CALLER = 1 << 8 /* principal-derived variables or keys, or a Principal other than "*" */
};

typedef enum IamVersion
{
	IAM_VERSION_ABSENT, /* means 2008-10-17 (GRAM-3) */
	IAM_VERSION_2008,
	IAM_VERSION_2012
} IamVersion;

typedef struct IamPolicy
{
	IamImage head;    /* format IAM_POLICY_FORMAT, type IAM_IMAGE_POLICY */
	uint8_t  version; /* IamVersion */
	uint8_t  reserved;
	uint16_t flags;
	uint32_t hash_low; /* iam_hash64 of the canonical text */
	uint32_t hash_high;
	IamSlice text; /* canonical JSON text: the policy's value */
	IamSlice id;
	uint32_t statement_off; /* IamStatement[statement_count] */
	uint32_t statement_count;
} IamPolicy;

/* IamStatement.flags */
enum
{
	IAM_STMT_DENY = 1 << 0,      /* else Allow */
	IAM_STMT_PRINCIPAL = 1 << 1, /* has Principal */
	IAM_STMT_NOT_PRINCIPAL = 1 << 2,
	IAM_STMT_NOT_ACTION = 1 << 3,
	IAM_STMT_RESOURCE = 1 << 4, /* has Resource */
	IAM_STMT_NOT_RESOURCE = 1 << 5,
	IAM_STMT_CONDITION = 1 << 6,    /* has Condition, maybe an empty one */
	IAM_STMT_ANY_ACTION = 1 << 7,   /* some action entry is * or *:* */
	IAM_STMT_ANY_RESOURCE = 1 << 8, /* some resource entry is of class any */
	IAM_STMT_SID = 1 << 9,          /* has Sid, maybe an empty one */
	IAM_STMT_DEPENDS_ON_CALLER = 1 << 10
};

typedef struct IamStatement
{
	uint16_t flags;
	uint16_t reserved;
	IamSlice text; /* the statement's canonical JSON object */
	IamSlice sid;
	uint32_t principal_off; /* IamPrincipal[] in document order */
	uint32_t principal_count;
	uint32_t service_off; /* IamService[] by (hash, name) */
	uint32_t service_count;
	uint32_t action_off; /* IamAction[], grouped as the services say; ungrouped ones last */
	uint32_t action_count;
	uint32_t resource_off; /* IamPattern[] in document order */
	uint32_t resource_count;
	uint32_t condition_off; /* IamCondition[] in document order */
	uint32_t condition_count;
	IamSlice principal_text; /* canonical JSON of these elements, for output */
	IamSlice condition_text;
} IamStatement;

/* One service prefix of a statement; `*` is the vendor of *:Name patterns (ACT-4). */
typedef struct IamService
{
	uint32_t hash;        /* iam_hash32_fold of the prefix */
	IamSlice name;        /* as written */
	uint32_t first;       /* index into the statement's actions: exact, then prefix, then glob */
	uint32_t exact_count; /* sorted by IamAction.hash */
	uint32_t prefix_count;
	uint32_t glob_count;
} IamService;

typedef enum IamActionClass
{
	IAM_ACTION_EXACT,
	IAM_ACTION_PREFIX, /* literal, then one * at the end (service:* included) */
	IAM_ACTION_GLOB,
	IAM_ACTION_ANY,     /* * or *:* */
	IAM_ACTION_UNUSABLE /* no colon, or a wildcard in the vendor: matches nothing */
} IamActionClass;

typedef struct IamAction
{
	uint32_t hash;         /* exact: iam_hash32_fold of the name after the colon; else 0 */
	IamSlice text;         /* as written, with its service */
	uint32_t name;         /* offset of the name in text, after the colon */
	uint32_t ordinal;      /* place in the element's list, from 0 */
	uint8_t  action_class; /* IamActionClass */
	uint8_t  reserved[3];
} IamAction;

typedef enum IamPatternClass
{
	IAM_PATTERN_ANY,    /* a run of only * (ARN-3) */
	IAM_PATTERN_EXACT,  /* no wildcard, no variable, six fields */
	IAM_PATTERN_PREFIX, /* no variable; the only wildcard is a * at the very end */
	IAM_PATTERN_GENERAL,
	IAM_PATTERN_UNUSABLE /* matches nothing: not arn:, or a variable before the sixth field (VAR-2) */
} IamPatternClass;

enum
{
	IAM_PATTERN_VARIABLE = 1 << 0, /* holds ${...}; only under Version 2012-10-17 */
	IAM_PATTERN_SHORT = 1 << 1     /* fewer than six fields, none ending in * (ARN-7): completed on
								 * the right in identity, boundary, session; matches nothing elsewhere */
};

typedef struct IamPattern
{
	IamSlice text;          /* as written */
	uint32_t tail;          /* offset in text of the sixth field; text.len where there is none */
	uint8_t  pattern_class; /* IamPatternClass */
	uint8_t  flags;
	uint16_t reserved;
} IamPattern;

/* What a policy principal entry names, told from its spelling alone. */
typedef enum IamPrincipalForm
{
	IAM_PRINCIPAL_EVERYONE,       /* "*" */
	IAM_PRINCIPAL_AWS_EVERYONE,   /* {"AWS": "*"} */
	IAM_PRINCIPAL_ACCOUNT,        /* 12 digits, or arn:P:iam::A:root (PRIN-3) */
	IAM_PRINCIPAL_USER,           /* arn:P:iam::A:user/... */
	IAM_PRINCIPAL_ROLE,           /* arn:P:iam::A:role/... */
	IAM_PRINCIPAL_SESSION,        /* arn:P:sts::A:assumed-role/NAME/SESSION */
	IAM_PRINCIPAL_FEDERATED_USER, /* arn:P:sts::A:federated-user/NAME */
	IAM_PRINCIPAL_UNIQUE_ID,      /* AIDA..., AROA..., AROA...:session (PRIN-10) */
	IAM_PRINCIPAL_SERVICE,
	IAM_PRINCIPAL_FEDERATED,      /* provider ARN or built-in host (PRIN-11) */
	IAM_PRINCIPAL_CANONICAL_USER, /* PRIN-12 */
	IAM_PRINCIPAL_UNUSABLE        /* matches nobody: wildcards inside, groups, unknown forms */
} IamPrincipalForm;

typedef struct IamPrincipal
{
	IamSlice text;      /* as written */
	IamSlice account;   /* account, user, role, session, federated user; else absent */
	IamSlice partition; /* where the entry is an ARN */
	uint8_t  form;      /* IamPrincipalForm */
	uint8_t  reserved[3];
} IamPrincipal;

/* Base operators (COND-50..65). Stored: never renumber. Each negated one follows its positive. */
typedef enum IamOperator
{
	IAM_OP_NONE = 0, /* unknown name with an empty block (GRAM-8) */
	IAM_OP_STRING_EQUALS,
	IAM_OP_STRING_NOT_EQUALS,
	IAM_OP_STRING_EQUALS_IGNORE_CASE,
	IAM_OP_STRING_NOT_EQUALS_IGNORE_CASE,
	IAM_OP_STRING_LIKE,
	IAM_OP_STRING_NOT_LIKE,
	IAM_OP_NUMERIC_EQUALS,
	IAM_OP_NUMERIC_NOT_EQUALS,
	IAM_OP_NUMERIC_LESS_THAN,
	IAM_OP_NUMERIC_LESS_THAN_EQUALS,
	IAM_OP_NUMERIC_GREATER_THAN,
	IAM_OP_NUMERIC_GREATER_THAN_EQUALS,
	IAM_OP_DATE_EQUALS,
	IAM_OP_DATE_NOT_EQUALS,
	IAM_OP_DATE_LESS_THAN,
	IAM_OP_DATE_LESS_THAN_EQUALS,
	IAM_OP_DATE_GREATER_THAN,
	IAM_OP_DATE_GREATER_THAN_EQUALS,
	IAM_OP_BOOL,
	IAM_OP_BINARY_EQUALS,
	IAM_OP_IP_ADDRESS,
	IAM_OP_NOT_IP_ADDRESS,
	IAM_OP_ARN_EQUALS,
	IAM_OP_ARN_NOT_EQUALS,
	IAM_OP_ARN_LIKE,
	IAM_OP_ARN_NOT_LIKE,
	IAM_OP_NULL,
	IAM_OP_COUNT
} IamOperator;

enum
{
	IAM_COND_IF_EXISTS = 1 << 0,
	IAM_COND_FOR_ALL = 1 << 1,
	IAM_COND_FOR_ANY = 1 << 2,
	IAM_COND_VARIABLE = 1 << 3 /* some value holds a variable */
};

/* One (operator, key) entry of a Condition element. */
typedef struct IamCondition
{
	uint8_t  op; /* IamOperator */
	uint8_t  flags;
	uint16_t reserved;
	uint32_t key_hash;  /* iam_hash32_fold of the key */
	IamSlice op_text;   /* as written: ForAnyValue:StringLikeIfExists */
	IamSlice key;       /* as written; compare without regard to ASCII case */
	uint32_t value_off; /* IamValue[] */
	uint32_t value_count;
} IamCondition;

typedef enum IamValueType
{
	IAM_VALUE_STRING,  /* compared as text, variables and wildcards by the flags */
	IAM_VALUE_DECIMAL, /* data: IamDecimal in its stored form (value.h) */
	IAM_VALUE_INSTANT, /* data: IamInstant */
	IAM_VALUE_NETWORK, /* data: IamNetwork */
	IAM_VALUE_BYTES,   /* data: the decoded bytes */
	IAM_VALUE_BOOL,    /* data absent; flag IAM_VALUE_TRUE */
	IAM_VALUE_ARN,     /* an ARN pattern of six components */
	IAM_VALUE_UNUSABLE /* not what its operator compares: matches nothing (COND-65a) */
} IamValueType;

enum
{
	IAM_VALUE_WILDCARD = 1 << 0, /* * or ? in a value of a Like or Arn operator */
	IAM_VALUE_VARIABLE = 1 << 1,
	IAM_VALUE_TRUE = 1 << 2
};

typedef struct IamValue
{
	IamSlice text; /* as written; numbers and booleans as strings */
	IamSlice data; /* parsed form, by type */
	uint8_t  type; /* IamValueType */
	uint8_t  flags;
	uint16_t reserved;
} IamValue;

/* ---- making one (policy_parse.c, policy_compile.c) ---- */

/*
 * Compiles policy text (valid UTF-8) into an image in the arena.  Rejects what
 * GRAM-1..10 reject and what is over a limit; never raises otherwise.
 */
bool iam_policy_compile(IamArena *arena, IamStr text, const IamPolicy **out, IamError *err);

/*
 * The same of a parsed JSON value, for evaluation at once; `path` prefixes error
 * paths.  Keys of one operator that differ only in case are ANDed here (GRAM-10).
 */
bool iam_policy_compile_json(IamArena *arena, const IamJson *json, const char *path, const IamPolicy **out,
                             IamError *err);

/*
 * Checks every offset, count and enum of an untrusted image of `size` bytes
 * (iam_policy_check.c); an image that passes is safe for every reader.
 */
bool iam_policy_check(const void *image, size_t size, IamError *err);

/* ---- reading one ---- */

static inline const IamStatement *
iam_policy_statement(const IamPolicy *policy, uint32_t i)
{
	return (const IamStatement *) iam_at(policy, policy->statement_off) + i;
}

#define IAM_PRINCIPALS(policy, stmt) ((const IamPrincipal *) iam_at(policy, (stmt)->principal_off))
#define IAM_SERVICES(policy, stmt) ((const IamService *) iam_at(policy, (stmt)->service_off))
#define IAM_ACTIONS(policy, stmt) ((const IamAction *) iam_at(policy, (stmt)->action_off))
#define IAM_RESOURCES(policy, stmt) ((const IamPattern *) iam_at(policy, (stmt)->resource_off))
#define IAM_CONDITIONS(policy, stmt) ((const IamCondition *) iam_at(policy, (stmt)->condition_off))
#define IAM_VALUES(policy, cond) ((const IamValue *) iam_at(policy, (cond)->value_off))

#endif
