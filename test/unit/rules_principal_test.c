/*
 * rules_principal_test.c: whom policies mean (spec section 5) and what follows
 * from who asks (section 11), as whole decisions.
 */
#include "rules.h"

#define LISTED(entries) "{'AWS':[" entries "]}"
#define Q(text) "'" text "'"
#define ADMIN	IDENTITY(ALLOW_ALL)
#define UID		"'principal_unique_id':"
#define AROA	"AROA1234567890EXAMPLE"
#define AIDA	"AIDA1234567890EXAMPLE"

static const Rule grades[] = {
	{"PRIN-1", "one of a list is enough", BY(BOB_ARN) "," GET_OWN "," GRANTS(LISTED(Q(A2) "," Q(BOB_ARN))), "allowed", NULL},
	{"PRIN-1", "none of a list", BY(BOB_ARN) "," GET_OWN "," GRANTS(LISTED(Q(A2) "," Q(APP_ARN))), "implicit_deny", NULL},
	{"PRIN-2", "* is everybody", BY("anonymous") "," GET_OWN "," GRANTS("'*'"), "allowed", NULL},
	{"PRIN-2", "so is AWS *", BY("anonymous") "," GET_OWN "," GRANTS(AWS("*")), "allowed", NULL},
	{"PRIN-2", "AWS * is a service as well", BY("sns.amazonaws.com") "," GET_OWN "," GRANTS(AWS("*")), "allowed", NULL},
	{"PRIN-2", "Deny of * too", BY("sns.amazonaws.com") "," GET_OWN "," RESOURCE(DOC(STMT("Allow", FOR("{'Service':'sns.amazonaws.com'}"))
			"," STMT("Deny", FOR("'*'")))), "explicit_deny", NULL},
	{"PRIN-3", "an account delegates", BY(BOB_ARN) "," GET_OWN "," GRANTS(AWS(A1)), "implicit_deny", NULL},
	{"PRIN-3", "... and identity policies take it up", BY(BOB_ARN) "," GET_FOREIGN "," GRANTS(AWS(ROOT_ARN)) "," ADMIN, "allowed", NULL},
	{"PRIN-3", "Deny of an account hits its users", BY(BOB_ARN) "," GET_OWN "," ADMIN "," RESOURCE(NAMING("Deny", AWS(A1))), "explicit_deny", NULL},
	{"PRIN-3", "... and sessions", BY(S1_ARN) "," GET_OWN "," ADMIN "," RESOURCE(NAMING("Deny", AWS(ROOT_ARN))), "explicit_deny", NULL},
	{"PRIN-3", "... and not those of others", BY(BOB_ARN) "," GET_OWN "," ADMIN "," RESOURCE(NAMING("Deny", AWS(A2))), "allowed", NULL},
	{"PRIN-3", "an account of another partition is another", BY(BOB_ARN) "," GET_FOREIGN "," ADMIN ","
		GRANTS(AWS("arn:aws-cn:iam::111111111111:root")), "implicit_deny", NULL},
	{"PRIN-4", "root is granted by its account", BY(ROOT_ARN) "," ON("kms:Decrypt", KEY_ARN) "," GRANTS(AWS(A1)), "allowed", NULL},
	{"PRIN-4", "... not a user", BY(BOB_ARN) "," ON("kms:Decrypt", KEY_ARN) "," GRANTS(AWS(A1)), "implicit_deny", NULL},
	{"PRIN-4", "... nor by another account", BY(ROOT_ARN) "," ON("kms:Decrypt", KEY_ARN) "," GRANTS(AWS(A2)), "implicit_deny", NULL},
	{"PRIN-5", "a user by its ARN", BY(BOB_ARN) "," GET_OWN "," GRANTS(AWS(BOB_ARN)), "allowed", NULL},
	{"PRIN-5", "letter case counts", BY(BOB_ARN) "," GET_OWN "," GRANTS(AWS("arn:aws:iam::111111111111:user/Bob")), "implicit_deny", NULL},
	{"PRIN-5", "so does the path", BY("arn:aws:iam::111111111111:user/dev/bob") "," GET_OWN "," GRANTS(AWS(BOB_ARN)), "implicit_deny", NULL},
	{"PRIN-5", "the federating user's grant, under a session policy", BY(FED_ARN) ",'federating_user':" Q(BOB_ARN) "," GET_OWN ","
		GRANTS(AWS(BOB_ARN)) "," SESSIONS(ALLOW("s3:*")), "allowed", NULL},
	{"PRIN-5", "... and without", BY(FED_ARN) ",'federating_user':" Q(BOB_ARN) "," GET_OWN "," GRANTS(AWS(BOB_ARN)), "implicit_deny", NULL},
	{"PRIN-5", "... of somebody else", BY(FED_ARN) ",'federating_user':" Q(BOB_ARN) "," GET_OWN ","
		GRANTS(AWS("arn:aws:iam::111111111111:user/eve")) "," SESSIONS(ALLOW("s3:*")), "implicit_deny", NULL},
	{"PRIN-6", "a role's sessions", BY(S1_ARN) "," GET_OWN "," GRANTS(AWS(APP_ARN)), "allowed", NULL},
	{"PRIN-6", "... with its path", BY(S1_ARN) ",'principal_role_arn':'arn:aws:iam::111111111111:role/x/app'," GET_OWN ","
		GRANTS(AWS("arn:aws:iam::111111111111:role/x/app")), "allowed", NULL},
	{"PRIN-6", "... the path is part of the name", BY(S1_ARN) ",'principal_role_arn':'arn:aws:iam::111111111111:role/x/app'," GET_OWN ","
		GRANTS(AWS(APP_ARN)), "implicit_deny", NULL},
	{"PRIN-7", "one session", BY(S1_ARN) "," GET_OWN "," GRANTS(AWS(S1_ARN)), "allowed", NULL},
	{"PRIN-7", "not another", BY(S1_ARN) "," GET_OWN "," GRANTS(AWS("arn:aws:sts::111111111111:assumed-role/app/s2")), "implicit_deny", NULL},
	{"PRIN-7", "no wildcard", BY(S1_ARN) "," GET_OWN "," GRANTS(AWS("arn:aws:sts::111111111111:assumed-role/app/*")), "implicit_deny", NULL},
	{"PRIN-8", "a federated user by its ARN", BY(FED_ARN) "," GET_OWN "," GRANTS(AWS(FED_ARN)), "allowed", NULL},
	{"PRIN-8", "not another", BY(FED_ARN) "," GET_OWN "," GRANTS(AWS("arn:aws:sts::111111111111:federated-user/fe")), "implicit_deny", NULL},
	{"PRIN-9", "regional names differ", BY("s3.ap-east-1.amazonaws.com") "," GET_OWN "," GRANTS("{'Service':'s3.amazonaws.com'}"), "implicit_deny", NULL},
	{"PRIN-9", "a service by its name", BY("s3.amazonaws.com") "," GET_OWN "," GRANTS("{'Service':['ec2.amazonaws.com','s3.amazonaws.com']}"), "allowed", NULL},
	{"PRIN-9", "a role is no service", BY(S1_ARN) "," GET_OWN "," GRANTS("{'Service':'ec2.amazonaws.com'}"), "implicit_deny", NULL},
	{"PRIN-10", "a role by id", BY(S1_ARN) "," UID Q(AROA) "," GET_OWN "," GRANTS(AWS(AROA)), "allowed", NULL},
	{"PRIN-10", "an id has grade role: the boundary limits", BY(S1_ARN) "," UID Q(AROA) "," GET_OWN "," GRANTS(AWS(AROA)) "," BOUNDARY(ALLOW("ec2:*")), "implicit_deny", NULL},
	{"PRIN-10", "a session by id is direct: it does not", BY(S1_ARN) "," UID Q(AROA) "," GET_OWN "," GRANTS(AWS(AROA ":s1")) ","
		BOUNDARY(ALLOW("ec2:*")), "allowed", NULL},
	{"PRIN-10", "another session", BY(S1_ARN) "," UID Q(AROA) "," GET_OWN "," GRANTS(AWS(AROA ":s2")), "implicit_deny", NULL},
	{"PRIN-10", "a user by id", BY(BOB_ARN) "," UID Q(AIDA) "," GET_OWN "," GRANTS(AWS(AIDA)), "allowed", NULL},
	{"PRIN-10", "an id that nobody has", BY(BOB_ARN) "," GET_OWN "," GRANTS(AWS(AIDA)), "implicit_deny", NULL},
	{"PRIN-10", "aws:PrincipalArn matches a role made again", BY(S1_ARN) "," UID Q(AROA) "," GET_OWN "," RESOURCE(DOC(STMT("Allow",
			"'Principal':'*'," IF("'ArnEquals':{'aws:PrincipalArn':" Q(APP_ARN) "}")))), "allowed", NULL},
	{"PRIN-11", "a provider in a trust policy", BY("arn:aws:iam::111111111111:oidc-provider/x.io") ","
		ON("sts:AssumeRoleWithWebIdentity", TARGET_ARN) "," TRUSTS("{'Federated':'arn:aws:iam::111111111111:oidc-provider/x.io'}"), "allowed", NULL},
	{"PRIN-11", "another provider", BY("arn:aws:iam::111111111111:oidc-provider/x.io") ","
		ON("sts:AssumeRoleWithWebIdentity", TARGET_ARN) "," TRUSTS("{'Federated':'arn:aws:iam::111111111111:oidc-provider/x.io/a'}"), "implicit_deny", NULL},
	{"PRIN-11", "a provider elsewhere", BY("accounts.google.com") "," GET_OWN "," GRANTS("{'Federated':'accounts.google.com'}"), "implicit_deny", NULL},
	{"PRIN-12", "a canonical user is its account", BY(BOB_ARN) ",'principal_canonical_id':" Q(CANONICAL_ID) "," GET_FOREIGN "," ADMIN ","
		GRANTS("{'CanonicalUser':" Q(CANONICAL_ID) "}"), "allowed", NULL},
	{"PRIN-12", "... and only delegates", BY(BOB_ARN) ",'principal_canonical_id':" Q(CANONICAL_ID) "," GET_OWN ","
		GRANTS("{'CanonicalUser':" Q(CANONICAL_ID) "}"), "implicit_deny", NULL},
	{"PRIN-12", "... and only for S3", BY(BOB_ARN) ",'principal_canonical_id':" Q(CANONICAL_ID) "," ADMIN ","
		ON("sqs:SendMessage", "arn:aws:sqs:us-east-1:222222222222:q") "," GRANTS("{'CanonicalUser':" Q(CANONICAL_ID) "}"), "implicit_deny", NULL},
	{"PRIN-13", "a permission set's role by aws:PrincipalArn", BY("arn:aws:sts::111111111111:assumed-role/AWSReservedSSO_Ops_0123456789abcdef/ann")
		",'principal_role_arn':'arn:aws:iam::111111111111:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Ops_0123456789abcdef'," GET_FOREIGN "," ADMIN ","
		RESOURCE(DOC(STMT("Allow", "'Principal':" AWS(A1) "," IF("'ArnLike':{'aws:PrincipalArn':"
			"'arn:aws:iam::*:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Ops_*'}")))), "allowed", NULL},
	{"PRIN-14", "no Principal means nobody", BY(BOB_ARN) "," GET_OWN "," RESOURCE(ALLOW_ALL), "implicit_deny", NULL},
	{"PRIN-14", "... in a Deny as well", BY(BOB_ARN) "," GET_OWN "," ADMIN "," RESOURCE(DENY("*")), "allowed", NULL},
	{"PRIN-14", "... in an RCP as well", BY(BOB_ARN) "," GET_OWN "," ADMIN "," RCPS("[" RCP_FULL "," DENY("*") "]"), "allowed", NULL},
	{"PRIN-14", "... in an endpoint policy as well", BY(BOB_ARN) "," GET_OWN "," ADMIN "," ENDPOINT(ALLOW_ALL), "implicit_deny", NULL},
	{"GRAM-22", "a wildcard in a principal matches nobody", BY(BOB_ARN) "," GET_OWN "," GRANTS(AWS("arn:aws:iam::111111111111:user/*")), "implicit_deny", NULL},
	{"GRAM-22", "... in Deny either", BY(BOB_ARN) "," GET_OWN "," ADMIN "," RESOURCE(NAMING("Deny", AWS("arn:aws:iam::111111111111:user/*"))), "allowed", NULL},
	{"GRAM-23", "a group is no principal", BY(BOB_ARN) "," GET_OWN "," GRANTS(AWS("arn:aws:iam::111111111111:group/bob")), "implicit_deny", NULL},
};

/* Deny with NotPrincipal beside a grant to everybody */
#define UNLESS(principal) RESOURCE(DOC(STMT("Allow", FOR("'*'")) "," STMT("Deny", BUT(principal))))

static const Rule not_principal[] = {
	{"PRIN-30", "not exempt", BY(BOB_ARN) "," GET_OWN "," UNLESS(AWS("arn:aws:iam::111111111111:user/eve")), "explicit_deny", NULL},
	{"PRIN-30", "anonymous neither", BY("anonymous") "," GET_OWN "," UNLESS(AWS(BOB_ARN)), "explicit_deny", NULL},
	{"PRIN-30", "exempt", BY(BOB_ARN) "," GET_OWN "," UNLESS(LISTED(Q(BOB_ARN) "," Q(A1))), "allowed", NULL},
	{"PRIN-31", "a user without its account", BY(BOB_ARN) "," GET_OWN "," UNLESS(AWS(BOB_ARN)), "explicit_deny", NULL},
	{"PRIN-31", "the account alone", BY(BOB_ARN) "," GET_OWN "," UNLESS(AWS(A1)), "explicit_deny", NULL},
	{"PRIN-31", "a user by id", BY(BOB_ARN) "," UID Q(AIDA) "," GET_OWN "," UNLESS(LISTED(Q(AIDA) "," Q(ROOT_ARN))), "allowed", NULL},
	{"PRIN-31", "session, role and account", BY(S1_ARN) "," GET_OWN "," UNLESS(LISTED(Q(S1_ARN) "," Q(APP_ARN) "," Q(A1))), "allowed", NULL},
	{"PRIN-31", "the session is missing", BY(S1_ARN) "," GET_OWN "," UNLESS(LISTED(Q(APP_ARN) "," Q(A1))), "explicit_deny", NULL},
	{"PRIN-31", "the role is missing", BY(S1_ARN) "," GET_OWN "," UNLESS(LISTED(Q(S1_ARN) "," Q(A1))), "explicit_deny", NULL},
	{"PRIN-31", "the account is missing", BY(S1_ARN) "," GET_OWN "," UNLESS(LISTED(Q(S1_ARN) "," Q(APP_ARN))), "explicit_deny", NULL},
	{"PRIN-31", "a federated user", BY(FED_ARN) "," GET_OWN "," UNLESS(LISTED(Q(FED_ARN) "," Q(A1))), "allowed", NULL},
	{"PRIN-31", "its user is not it", BY(FED_ARN) ",'federating_user':" Q(BOB_ARN) "," GET_OWN "," UNLESS(LISTED(Q(BOB_ARN) "," Q(A1))), "explicit_deny", NULL},
	{"PRIN-31", "root by its account", BY(ROOT_ARN) "," GET_OWN "," UNLESS(AWS(A1)), "allowed", NULL},
	{"PRIN-31", "root of another", BY(ROOT_ARN) "," GET_OWN "," UNLESS(AWS(A2)), "explicit_deny", NULL},
	{"PRIN-31", "a service", BY("sns.amazonaws.com") "," GET_OWN "," UNLESS("{'Service':'sns.amazonaws.com'}"), "allowed", NULL},
	{"PRIN-31", "another service", BY("sqs.amazonaws.com") "," GET_OWN "," UNLESS("{'Service':'sns.amazonaws.com'}"), "explicit_deny", NULL},
	{"PRIN-33", "a boundary is never exempt", BY(BOB_ARN) "," GET_OWN "," BOUNDARY(ALLOW_ALL) "," UNLESS(LISTED(Q(BOB_ARN) "," Q(A1))), "explicit_deny", NULL},
	{"PRIN-33", "... not even of everybody", BY(BOB_ARN) "," GET_OWN "," BOUNDARY(ALLOW_ALL) "," UNLESS("'*'"), "explicit_deny", NULL},
	{"PRIN-33", "... read or not", BY(BOB_ARN) "," GET_OWN ",'permissions_boundary':{'name':'lost','policy':null}," UNLESS(LISTED(Q(BOB_ARN) "," Q(A1))), "explicit_deny", NULL},
	{"PRIN-33", "root has none, given or not", BY(ROOT_ARN) "," GET_OWN "," BOUNDARY(ALLOW_ALL) "," UNLESS(AWS(A1)), "allowed", NULL},
	{"BND-3", "a service-linked role has none either", BY(S1_ARN) ",'principal_is_service_linked_role':true," GET_OWN "," BOUNDARY(ALLOW_ALL) ","
		UNLESS(LISTED(Q(S1_ARN) "," Q(APP_ARN) "," Q(A1))), "allowed", NULL},
	{"BND-3", "nor the root user's federated session", BY(FED_ARN) ",'federating_user':" Q(ROOT_ARN) "," GET_OWN "," BOUNDARY(ALLOW_ALL) ","
		UNLESS(LISTED(Q(FED_ARN) "," Q(A1))), "allowed", NULL},
	{"PRIN-34", "who is not listed", BY(BOB_ARN) "," GET_OWN "," RESOURCE(DOC(STMT("Allow", BUT(AWS("arn:aws:iam::111111111111:user/eve"))))), "allowed", NULL},
	{"PRIN-34", "anonymous as well", BY("anonymous") "," GET_OWN "," RESOURCE(DOC(STMT("Allow", BUT(AWS(BOB_ARN))))), "allowed", NULL},
	{"PRIN-34", "direct: no boundary limits it", BY(BOB_ARN) "," GET_OWN "," BOUNDARY(ALLOW("ec2:*")) "," RESOURCE(DOC(STMT("Allow", BUT(AWS(A2))))), "allowed", NULL},
	{"PRIN-34", "listed", BY(BOB_ARN) "," GET_OWN "," RESOURCE(DOC(STMT("Allow", BUT(AWS(BOB_ARN))))), "implicit_deny", NULL},
	{"PRIN-34", "listed by the account, any grade will do", BY(BOB_ARN) "," GET_OWN "," RESOURCE(DOC(STMT("Allow", BUT(AWS(A1))))), "implicit_deny", NULL},
	{"PRIN-34", "listed by the role", BY(S1_ARN) "," GET_OWN "," RESOURCE(DOC(STMT("Allow", BUT(AWS(APP_ARN))))), "implicit_deny", NULL},
	{"PRIN-35", "not in a trust policy", BY(BOB_ARN) "," ASSUME "," RESOURCE(DOC(STMT("Allow", "'NotPrincipal':" AWS(A2) ",'Action':'sts:AssumeRole'"))), "implicit_deny", NULL},
	{"PRIN-35", "not in an identity policy", BY(BOB_ARN) "," GET_OWN "," IDENTITY(DOC(STMT("Allow", BUT(AWS(BOB_ARN))))), "allowed", NULL},
	{"PRIN-35", "not in an SCP", BY(BOB_ARN) "," GET_OWN "," ADMIN "," SCPS("[" DOC(STMT("Allow", BUT(AWS(BOB_ARN)))) "]"), "allowed", NULL},
	{"EVAL-15", "Principal in an identity policy says nothing", BY(BOB_ARN) "," GET_OWN "," IDENTITY(DOC(STMT("Allow", FOR(AWS(A2))))), "allowed", NULL},
	{"EVAL-15", "... in a session policy", BY(S1_ARN) "," GET_OWN "," ADMIN "," SESSIONS(DOC(STMT("Allow", FOR(AWS(A2))))), "allowed", NULL},
	{"EVAL-15", "... in a boundary", BY(S1_ARN) "," GET_OWN "," ADMIN "," BOUNDARY(DOC(STMT("Deny", FOR(AWS(A2))))), "explicit_deny", NULL},
};

#define ANY_SESSION BY(APP_ARN)
#define GRANT_S1 GRANTS(AWS(S1_ARN))
#define S1_ATOM "{'session_name':'s1'}"

static const Rule arbitrary_sessions[] = {
	{"PRIN-15", "its role", ANY_SESSION "," GET_OWN "," GRANTS(AWS(APP_ARN)), "allowed", NULL},
	{"PRIN-15", "a session's name is not known", ANY_SESSION "," GET_OWN "," GRANT_S1, "implicit_deny", NULL},
	{"PRIN-15", "... and may be that", ANY_SESSION "," UNKNOWN_CONTEXT "," GET_OWN "," GRANT_S1, "conditional", S1_ATOM},
	{"PRIN-15", "... by id as well", ANY_SESSION "," UNKNOWN_CONTEXT "," UID Q(AROA) "," GET_OWN "," GRANTS(AWS(AROA ":s1")), "conditional", S1_ATOM},
	{"PRIN-15", "... by id, without", ANY_SESSION "," UID Q(AROA) "," GET_OWN "," GRANTS(AWS(AROA ":s1")), "implicit_deny", NULL},
	{"PRIN-15", "another role's session", ANY_SESSION "," UNKNOWN_CONTEXT "," GET_OWN "," GRANTS(AWS("arn:aws:sts::111111111111:assumed-role/xapp/s1")), "implicit_deny", NULL},
	{"PRIN-15", "another account's", ANY_SESSION "," UNKNOWN_CONTEXT "," GET_OWN "," GRANTS(AWS("arn:aws:sts::222222222222:assumed-role/app/s1")), "implicit_deny", NULL},
	{"PRIN-15", "where it does not matter", ANY_SESSION "," UNKNOWN_CONTEXT "," GET_OWN "," ADMIN "," GRANT_S1, "allowed", NULL},
	{"PRIN-15", "a Deny of one session", ANY_SESSION "," UNKNOWN_CONTEXT "," GET_OWN "," ADMIN "," RESOURCE(NAMING("Deny", AWS(S1_ARN))), "conditional",
		"{'not':" S1_ATOM "}"},
	{"PRIN-15", "... without", ANY_SESSION "," GET_OWN "," ADMIN "," RESOURCE(NAMING("Deny", AWS(S1_ARN))), "allowed", NULL},
	{"PRIN-15", "NotPrincipal", ANY_SESSION "," UNKNOWN_CONTEXT "," GET_OWN "," UNLESS(LISTED(Q(S1_ARN) "," Q(APP_ARN) "," Q(A1))), "conditional", S1_ATOM},
	{"PRIN-15", "NotPrincipal, without", ANY_SESSION "," GET_OWN "," UNLESS(LISTED(Q(S1_ARN) "," Q(APP_ARN) "," Q(A1))), "explicit_deny", NULL},
	{"PRIN-15", "NotPrincipal of two sessions", ANY_SESSION "," UNKNOWN_CONTEXT "," GET_OWN ","
		UNLESS(LISTED(Q(S1_ARN) ",'arn:aws:sts::111111111111:assumed-role/app/s2'," Q(APP_ARN) "," Q(A1))), "conditional",
		"{'any':[" S1_ATOM ",{'session_name':'s2'}]}"},
	{"PRIN-15", "NotPrincipal without the role: whatever the name", ANY_SESSION "," UNKNOWN_CONTEXT "," GET_OWN "," UNLESS(LISTED(Q(S1_ARN) "," Q(A1))), "explicit_deny", NULL},
	{"PRIN-15", "Allow with NotPrincipal", ANY_SESSION "," UNKNOWN_CONTEXT "," GET_OWN "," RESOURCE(DOC(STMT("Allow", BUT(AWS(S1_ARN))))), "conditional",
		"{'not':" S1_ATOM "}"},
	{"PRIN-15", "granted to one and denied to the same", ANY_SESSION "," UNKNOWN_CONTEXT "," GET_OWN ","
		RESOURCE(DOC(STMT("Allow", FOR(AWS(S1_ARN))) "," STMT("Deny", FOR(AWS(S1_ARN))))), "implicit_deny", NULL},
	{"PRIN-15", "aws:userid is unknown", ANY_SESSION "," UNKNOWN_CONTEXT "," UID Q(AROA) "," GET_OWN "," IDENTITY(ALLOW_IF("'StringLike':{'aws:userid':'" AROA ":*'}")),
		"conditional", "{'operator':'StringLike','key':'aws:userid','values':['" AROA ":*']}"},
	{"PRIN-15", "... and absent without", ANY_SESSION "," UID Q(AROA) "," GET_OWN "," IDENTITY(ALLOW_IF("'StringLike':{'aws:userid':'" AROA ":*'}")), "implicit_deny", NULL},
	{"PRIN-15", "sts:RoleSessionName too", ANY_SESSION "," UNKNOWN_CONTEXT "," ASSUME "," RESOURCE(DOC(STMT("Allow", "'Principal':" AWS(APP_ARN)
			",'Action':'sts:AssumeRole','Condition':{'StringEquals':{'sts:RoleSessionName':'x'}}"))), "conditional",
		"{'operator':'StringEquals','key':'sts:RoleSessionName','values':['x']}"},
	{"PRIN-15", "a session itself has a name", BY(S1_ARN) "," UNKNOWN_CONTEXT "," GET_OWN "," GRANT_S1, "allowed", NULL},
	{"PRIN-15", "a trust policy of one session", ANY_SESSION "," UNKNOWN_CONTEXT "," ASSUME "," TRUSTS(AWS(S1_ARN)), "conditional", S1_ATOM},
};

#define IS(key, value) IDENTITY(ALLOW_IF("'StringEquals':{'" key "':'" value "'}"))
#define FOR_ALL_IF(condition) RESOURCE(DOC(STMT("Allow", "'Principal':'*'," IF(condition))))

static const Rule derived[] = {
	{"CTX-1", "a session's PrincipalArn is its role", BY(S1_ARN) "," GET_OWN "," IS("aws:PrincipalArn", APP_ARN), "allowed", NULL},
	{"CTX-1", "not the session", BY(S1_ARN) "," GET_OWN "," IS("aws:PrincipalArn", S1_ARN), "implicit_deny", NULL},
	{"CTX-1", "a service has none", BY("sns.amazonaws.com") "," GET_OWN "," FOR_ALL_IF("'Null':{'aws:PrincipalArn':'true'}"), "allowed", NULL},
	{"CTX-1", "none even under unknown context", BY("sns.amazonaws.com") "," UNKNOWN_CONTEXT ",'block_public_access':{}," GET_OWN "," FOR_ALL_IF("'Null':{'aws:PrincipalArn':'false'}"), "implicit_deny", NULL},
	{"CTX-2", "userid of a session", BY(S1_ARN) "," UID Q(AROA) "," GET_OWN "," IS("aws:userid", AROA ":s1"), "allowed", NULL},
	{"CTX-2", "userid of a federated user", BY(FED_ARN) "," GET_OWN "," SESSIONS(ALLOW_ALL) "," IS("aws:userid", "111111111111:fed"), "allowed", NULL},
	{"CTX-2", "userid of root", BY(ROOT_ARN) "," GET_FOREIGN "," FOR_ALL_IF("'StringEquals':{'aws:userid':'111111111111'}"), "allowed", NULL},
	{"CTX-2", "username without path", BY("arn:aws:iam::111111111111:user/dev/bob") "," GET_OWN "," IS("aws:username", "bob"), "allowed", NULL},
	{"CTX-2", "a session has no username", BY(S1_ARN) "," GET_OWN "," IS("aws:username", "s1"), "implicit_deny", NULL},
	{"CTX-2", "type of root", BY(ROOT_ARN) "," GET_FOREIGN "," FOR_ALL_IF("'StringEquals':{'aws:PrincipalType':'Account'}"), "allowed", NULL},
	{"CTX-2", "type of anonymous", BY("anonymous") "," GET_OWN "," FOR_ALL_IF("'StringEquals':{'aws:PrincipalType':'Anonymous'}"), "allowed", NULL},
	{"CTX-3", "account of a session", BY(S1_ARN) "," GET_OWN "," IS("aws:PrincipalAccount", A1), "allowed", NULL},
	{"CTX-3", "not another", BY(S1_ARN) "," GET_OWN "," IS("aws:PrincipalAccount", A2), "implicit_deny", NULL},
	{"CTX-4", "an organization that is not given is none", BY(BOB_ARN) "," GET_OWN "," IS("aws:PrincipalOrgID", "o-1"), "implicit_deny", NULL},
	{"CTX-4", "... or unknown", BY(BOB_ARN) "," UNKNOWN_CONTEXT "," GET_OWN "," IS("aws:PrincipalOrgID", "o-1"), "conditional",
		"{'operator':'StringEquals','key':'aws:PrincipalOrgID','values':['o-1']}"},
	{"CTX-4", "paths are a list", BY(BOB_ARN) "," GET_OWN "," CONTEXT("'aws:PrincipalOrgPaths':['o-1/r-1/ou-1/']") ","
		IDENTITY(ALLOW_IF("'ForAnyValue:StringLike':{'aws:PrincipalOrgPaths':'o-1/r-1/*'}")), "allowed", NULL},
	{"CTX-5", "the owner's account", BY(BOB_ARN) "," GET_FOREIGN "," GRANTS(AWS(A1)) "," IS("aws:ResourceAccount", A2), "allowed", NULL},
	{"CTX-5", "... not for EventBridge", BY(BOB_ARN) "," ON("events:PutEvents", "arn:aws:events:us-east-1:111111111111:event-bus/b") ","
		IS("aws:ResourceAccount", A1), "implicit_deny", NULL},
	{"CTX-6", "services are told apart", BY("sns.amazonaws.com") "," GET_OWN "," RESOURCE(DOC(STMT("Allow", FOR("'*'")) ","
			STMT("Deny", "'Principal':'*'," IF("'BoolIfExists':{'aws:PrincipalIsAWSService':'false'}")))), "allowed", NULL},
	{"CTX-6", "a user is none", BY(BOB_ARN) "," GET_OWN "," RESOURCE(DOC(STMT("Allow", FOR("'*'")) ","
			STMT("Deny", "'Principal':'*'," IF("'BoolIfExists':{'aws:PrincipalIsAWSService':'false'}")))), "explicit_deny", NULL},
	{"CTX-6", "a service's name", BY("sns.amazonaws.com") "," GET_OWN "," FOR_ALL_IF("'StringEquals':{'aws:PrincipalServiceName':'sns.amazonaws.com'}"), "allowed", NULL},
	{"CTX-6", "... and the list", BY("sns.amazonaws.com") "," GET_OWN "," FOR_ALL_IF("'ForAnyValue:StringEquals':{'aws:PrincipalServiceNamesList':'sns.amazonaws.com'}"), "allowed", NULL},
	{"CTX-8", "ViaAWSService is false by default", BY(BOB_ARN) "," GET_OWN "," IDENTITY(ALLOW_IF("'Bool':{'aws:ViaAWSService':'false'}")), "allowed", NULL},
	{"CTX-8", "the region is in the ARN", BY(BOB_ARN) "," ON("sqs:SendMessage", "arn:aws:sqs:eu-west-1:111111111111:q") "," IS("aws:RequestedRegion", "eu-west-1"), "allowed", NULL},
	{"CTX-8", "IAM is in us-east-1", BY(BOB_ARN) "," ON("iam:ListUsers", "*") "," IS("aws:RequestedRegion", "us-east-1"), "allowed", NULL},
	{"CTX-8", "SourceIp cannot be derived", BY(BOB_ARN) "," GET_OWN "," IDENTITY(ALLOW_IF("'Null':{'aws:SourceIp':'true'}")), "allowed", NULL},
	{"CTX-10", "confused deputy: the source is given", BY("sns.amazonaws.com") "," GET_OWN "," CONTEXT("'aws:SourceAccount':'111111111111'") ","
		FOR_ALL_IF("'StringEquals':{'aws:SourceAccount':'111111111111'}"), "allowed", NULL},
	{"CTX-10", "... and is never derived", BY("sns.amazonaws.com") "," GET_OWN "," FOR_ALL_IF("'StringEquals':{'aws:SourceAccount':'111111111111'}"), "implicit_deny", NULL},
	{"ARN-12", "a session's role, in the role's own spelling", BY("arn:aws:sts::111111111111:assumed-role/APP/s1") ",'principal_role_arn':'" APP_ARN "'," GET_OWN ","
		GRANTS(AWS(APP_ARN)), "allowed", NULL},
	{"STS-16", "the userid has both parts", BY(S1_ARN) "," UID Q(AROA ":s1") "," GET_OWN "," IS("aws:userid", AROA ":s1"), "allowed", NULL},
	{"STS-16", "the account is the role's", BY(S1_ARN) "," GET_OWN "," IS("aws:PrincipalAccount", A2), "implicit_deny", NULL},
	{"CTX-11", "tags come with the context", BY(BOB_ARN) "," GET_OWN "," CONTEXT("'aws:ResourceTag/Team':'red'") "," IS("aws:resourcetag/team", "red"), "allowed", NULL},
	{"CTX-15", "tag keys are a list", BY(BOB_ARN) "," ON("ec2:CreateTags", "arn:aws:ec2:us-east-1:111111111111:instance/i-1") "," CONTEXT("'aws:TagKeys':['a','b']") ","
		IDENTITY(ALLOW_IF("'ForAllValues:StringEquals':{'aws:TagKeys':['a','b','c']}")), "allowed", NULL},
	{"CTX-16", "the caller's account for KMS", BY(BOB_ARN) "," ON("kms:Decrypt", KEY2_ARN) "," ADMIN ","
		FOR_ALL_IF("'StringEquals':{'kms:CallerAccount':'111111111111'}"), "allowed", NULL},
	{"CTX-16", "... and only there", BY(BOB_ARN) "," GET_OWN "," IS("kms:CallerAccount", A1), "implicit_deny", NULL},
	{"CTX-16", "the owner's for S3", BY(BOB_ARN) "," GET_OWN "," IS("s3:ResourceAccount", A1), "allowed", NULL},
	{"CTX-1", "what is given wins", BY(BOB_ARN) "," GET_OWN "," CONTEXT("'aws:PrincipalAccount':'222222222222'") "," IS("aws:PrincipalAccount", A1), "implicit_deny", NULL},
	{"CTX-1", "null is a known absence", BY(BOB_ARN) "," UNKNOWN_CONTEXT "," GET_OWN "," CONTEXT("'aws:SourceIp':null") ","
		IDENTITY(ALLOW_IF("'Null':{'aws:SourceIp':'true'}")), "allowed", NULL},
	{"CTX-1", "... as is an empty list", BY(BOB_ARN) "," UNKNOWN_CONTEXT "," GET_OWN "," CONTEXT("'aws:TagKeys':[]") ","
		IDENTITY(ALLOW_IF("'ForAllValues:StringEquals':{'aws:TagKeys':'x'}")), "allowed", NULL},
};

int
main(void)
{
	CHECK_RULES(grades);
	CHECK_RULES(not_principal);
	CHECK_RULES(arbitrary_sessions);
	CHECK_RULES(derived);
	return checks_done();
}
