/*
 * rules_gates_test.c: the gates of spec section 8 and what limits what: accounts
 * (section 9), boundaries and session policies (10), organizations (12), VPC
 * endpoints (12a).
 */
#include "rules.h"

#define ADMIN	IDENTITY(ALLOW_ALL)
#define NOTHING ALLOW("ec2:*")
#define GET_S3	ALLOW("s3:*")
#define BOB_OWN BY(BOB_ARN) "," GET_OWN
#define BOB_FOREIGN BY(BOB_ARN) "," GET_FOREIGN
#define S1_OWN	BY(S1_ARN) "," GET_OWN
#define S1_FOREIGN BY(S1_ARN) "," GET_FOREIGN
#define QUEUE_OWN ON("sqs:SendMessage", "arn:aws:sqs:us-east-1:111111111111:q")
#define QUEUE_FOREIGN ON("sqs:SendMessage", "arn:aws:sqs:us-east-1:222222222222:q")

static const Rule evaluation[] = {
	{"EVAL-1", "nothing allows", BOB_OWN, "implicit_deny", NULL},
	{"EVAL-1", "something allows", BOB_OWN "," ADMIN, "allowed", NULL},
	{"EVAL-2", "a deny in the identity policy", BOB_OWN "," IDENTITY(ALLOW_ALL "," DENY("s3:*")), "explicit_deny", NULL},
	{"EVAL-2", "... the boundary", BOB_OWN "," ADMIN "," BOUNDARY(DENY("s3:*")), "explicit_deny", NULL},
	{"EVAL-2", "... a session policy", S1_OWN "," ADMIN "," SESSIONS(GET_S3 "," DENY("s3:*")), "explicit_deny", NULL},
	{"EVAL-2", "... the resource policy", BOB_OWN "," ADMIN "," RESOURCE(NAMING("Deny", "'*'")), "explicit_deny", NULL},
	{"EVAL-2", "... an SCP", BOB_OWN "," ADMIN "," SCPS("[" ALLOW_ALL "],[" ALLOW_ALL "," DENY("s3:*") "]"), "explicit_deny", NULL},
	{"EVAL-2", "... an RCP", BOB_OWN "," ADMIN "," RCPS("[" RCP_FULL "," NAMING("Deny", "'*'") "]"), "explicit_deny", NULL},
	{"EVAL-2", "... the endpoint", BOB_OWN "," ADMIN "," ENDPOINT(RCP_FULL "," NAMING("Deny", "'*'")), "explicit_deny", NULL},
	{"EVAL-2", "a deny of something else", BOB_OWN "," IDENTITY(ALLOW_ALL "," DENY("s3:Put*")), "allowed", NULL},
	{"EVAL-2", "an explicit deny beside a missing allow", BOB_OWN "," IDENTITY(DENY("s3:*")) "," SCPS("[" NOTHING "]"), "explicit_deny", NULL},
	{"EVAL-3", "a gate without an Allow: RCP", BOB_OWN "," ADMIN "," RCPS("[" NAMING("Allow", AWS(A2)) "]"), "implicit_deny", NULL},
	{"EVAL-3", "... SCP", BOB_OWN "," ADMIN "," GRANTS("'*'") "," SCPS("[" NOTHING "]"), "implicit_deny", NULL},
	{"EVAL-3", "... endpoint", BOB_OWN "," ADMIN "," GRANTS("'*'") "," ENDPOINT(NAMING("Allow", AWS(A2))), "implicit_deny", NULL},
	{"EVAL-3", "with all of them", BOB_OWN "," ADMIN "," RCPS("[" RCP_FULL "]") "," SCPS("[" ALLOW_ALL "]") "," ENDPOINT(RCP_FULL), "allowed", NULL},
	{"EVAL-4", "an empty list is no gate", BOB_OWN "," ADMIN "," SCPS("") "," RCPS("") "," ENDPOINT("") "," SESSIONS(""), "allowed", NULL},
	{"EVAL-4", "null is no gate", BOB_OWN "," ADMIN ",'service_control_policies':null,'permissions_boundary':null,'resource_policy':null", "allowed", NULL},
	{"EVAL-4", "an empty level is", BOB_OWN "," ADMIN "," SCPS("[" ALLOW_ALL "],[]"), "implicit_deny", NULL},
	{"EVAL-5", "direct: boundary and session policy do not limit", S1_OWN "," BOUNDARY(NOTHING) "," SESSIONS(NOTHING) "," GRANTS(AWS(S1_ARN)), "allowed", NULL},
	{"EVAL-5", "... * narrowed by aws:PrincipalArn", S1_OWN "," BOUNDARY(NOTHING) "," SESSIONS(NOTHING) ","
		RESOURCE(DOC(STMT("Allow", "'Principal':'*'," IF("'ArnEquals':{'aws:PrincipalArn':'" APP_ARN "'}")))), "allowed", NULL},
	{"EVAL-5", "... their denies do", S1_OWN "," BOUNDARY(DENY("*")) "," GRANTS(AWS(S1_ARN)), "explicit_deny", NULL},
	{"EVAL-6", "role: the boundary limits", S1_OWN "," BOUNDARY(NOTHING) "," GRANTS(AWS(APP_ARN)), "implicit_deny", NULL},
	{"EVAL-6", "role: the session policy limits", S1_OWN "," SESSIONS(NOTHING) "," GRANTS(AWS(APP_ARN)), "implicit_deny", NULL},
	{"EVAL-6", "role: identity policies do not", S1_OWN "," BOUNDARY(GET_S3) "," SESSIONS(GET_S3) "," GRANTS(AWS(APP_ARN)), "allowed", NULL},
	{"EVAL-6", "federating user: the boundary limits", BY(FED_ARN) ",'federating_user':'" BOB_ARN "'," GET_OWN "," BOUNDARY(NOTHING) "," SESSIONS(GET_S3) ","
		GRANTS(AWS(BOB_ARN)), "implicit_deny", NULL},
	{"EVAL-7", "account: all three", S1_OWN "," ADMIN "," BOUNDARY(GET_S3) "," SESSIONS(GET_S3) "," GRANTS(AWS(A1)), "allowed", NULL},
	{"EVAL-7", "account without identity", S1_OWN "," BOUNDARY(GET_S3) "," SESSIONS(GET_S3) "," GRANTS(AWS(A1)), "implicit_deny", NULL},
	{"EVAL-7", "none: without boundary's allow", S1_OWN "," ADMIN "," BOUNDARY(NOTHING), "implicit_deny", NULL},
	{"EVAL-8", "anonymous by a wildcard principal", BY("anonymous") "," GET_OWN "," GRANTS("'*'"), "allowed", NULL},
	{"EVAL-8", "... not by an account", BY("anonymous") "," GET_OWN "," GRANTS(AWS(A1)), "implicit_deny", NULL},
	{"EVAL-8", "... nor by identity policies", BY("anonymous") "," GET_OWN "," ADMIN, "implicit_deny", NULL},
	{"EVAL-8", "... nor to assume a role", BY("anonymous") "," ASSUME "," TRUSTS("'*'"), "implicit_deny", NULL},
	{"EVAL-8", "SCPs do not apply", BY("anonymous") "," GET_OWN "," GRANTS("'*'") "," SCPS("[" DENY("*") "]"), "allowed", NULL},
	{"EVAL-8", "RCPs do", BY("anonymous") "," GET_OWN "," GRANTS("'*'") "," RCPS("[" RCP_FULL "," NAMING("Deny", "'*'") "]"), "explicit_deny", NULL},
	{"EVAL-8", "... also without an Allow", BY("anonymous") "," GET_OWN "," GRANTS("'*'") "," RCPS("[]"), "implicit_deny", NULL},
	{"EVAL-9", "a service by the resource policy alone", BY("sns.amazonaws.com") "," QUEUE_OWN "," GRANTS("{'Service':'sns.amazonaws.com'}"), "allowed", NULL},
	{"EVAL-9", "... policies of an identity it has not", BY("sns.amazonaws.com") "," QUEUE_OWN "," ADMIN, "implicit_deny", NULL},
	{"EVAL-9", "... nor their denies", BY("sns.amazonaws.com") "," QUEUE_OWN "," IDENTITY(DENY("*")) "," BOUNDARY(DENY("*")) "," SESSIONS(DENY("*")) ","
		GRANTS("{'Service':'sns.amazonaws.com'}"), "allowed", NULL},
	{"EVAL-9", "... by nobody else's grant", BY("sns.amazonaws.com") "," QUEUE_OWN "," GRANTS(AWS(A1)), "implicit_deny", NULL},
	{"EVAL-9", "a provider by the trust policy alone", BY("www.amazon.com") "," ON("sts:AssumeRoleWithWebIdentity", TARGET_ARN) ","
		TRUSTS("{'Federated':'www.amazon.com'}"), "allowed", NULL},
	{"EVAL-9", "... which has to name it", BY("www.amazon.com") "," ON("sts:AssumeRoleWithWebIdentity", TARGET_ARN) "," ADMIN, "implicit_deny", NULL},
	{"EVAL-10", "root in its account", BY(ROOT_ARN) "," GET_OWN, "allowed", NULL},
	{"EVAL-10", "an account id is its root", BY(A1) "," GET_OWN, "allowed", NULL},
	{"EVAL-10", "root and SCP", BY(ROOT_ARN) "," GET_OWN "," SCPS("[" NOTHING "]"), "implicit_deny", NULL},
	{"EVAL-10", "root and RCP", BY(ROOT_ARN) "," GET_OWN "," RCPS("[" RCP_FULL "," NAMING("Deny", "'*'") "]"), "explicit_deny", NULL},
	{"EVAL-10", "root and endpoint", BY(ROOT_ARN) "," GET_OWN "," ENDPOINT(NAMING("Allow", AWS(BOB_ARN))), "implicit_deny", NULL},
	{"EVAL-10", "root elsewhere needs the resource policy", BY(ROOT_ARN) "," GET_FOREIGN, "implicit_deny", NULL},
	{"EVAL-10", "... and nothing else", BY(ROOT_ARN) "," GET_FOREIGN "," GRANTS("'*'"), "allowed", NULL},
	{"EVAL-10", "federated root is limited by its session policy", BY(FED_ARN) ",'federating_user':'" ROOT_ARN "'," GET_OWN "," SESSIONS(NOTHING), "implicit_deny", NULL},
	{"EVAL-11", "a trust policy must grant, to administrators too", BY(BOB_ARN) "," ASSUME "," ADMIN, "implicit_deny", NULL},
	{"EVAL-11", "... and then does", BY(BOB_ARN) "," ASSUME "," ADMIN "," TRUSTS(AWS(A1)), "allowed", NULL},
	{"EVAL-11", "... alike a key policy", BY(BOB_ARN) "," ON("kms:Decrypt", KEY_ARN) "," ADMIN, "implicit_deny", NULL},
	{"EVAL-11", "... and then does", BY(BOB_ARN) "," ON("kms:Decrypt", KEY_ARN) "," ADMIN "," GRANTS(AWS(A1)), "allowed", NULL},
	{"EVAL-11", "no other resource policy has to", BY(BOB_ARN) "," QUEUE_OWN "," ADMIN "," GRANTS(AWS(A2)), "allowed", NULL},
	{"EVAL-13", "Deny before Allow", BOB_OWN "," IDENTITY(DOC(STMT("Deny", ANY) "," STMT("Allow", ANY))), "explicit_deny", NULL},
	{"EVAL-13", "Allow before Deny", BOB_OWN "," IDENTITY(DOC(STMT("Allow", ANY) "," STMT("Deny", ANY))), "explicit_deny", NULL},
	{"EVAL-13", "an Allow of another policy", BOB_OWN "," IDENTITY(NOTHING "," GET_S3), "allowed", NULL},
	{"EVAL-15", "no Resource is every resource", BOB_OWN "," IDENTITY("{'Statement':{'Effect':'Allow','Action':'s3:*'}}"), "allowed", NULL},
	{"EVAL-15", "... the pseudo resource too", BY(BOB_ARN) "," ON("s3:ListAllMyBuckets", "*") "," IDENTITY("{'Statement':{'Effect':'Allow','Action':'s3:*'}}"), "allowed", NULL},
	{"EVAL-15", "Resource in a trust policy says nothing", BY(BOB_ARN) "," ASSUME "," RESOURCE(DOC(STMT("Allow", "'Principal':" AWS(BOB_ARN)
			",'Action':'sts:AssumeRole','Resource':'arn:aws:iam::111111111111:role/other'"))), "allowed", NULL},
	{"EVAL-15", "... nor NotResource", BY(BOB_ARN) "," ASSUME "," RESOURCE(DOC(STMT("Allow", "'Principal':" AWS(BOB_ARN)
			",'Action':'sts:AssumeRole','NotResource':'*'"))), "allowed", NULL},
	{"EVAL-15", "operators that differ by case are both asked", BOB_OWN "," CONTEXT("'a:k':'x','a:l':'y'") ","
		IDENTITY(ALLOW_IF("'StringEquals':{'a:k':'x'},'stringequals':{'a:l':'z'}")), "implicit_deny", NULL},
	{"EVAL-15", "... and both hold", BOB_OWN "," CONTEXT("'a:k':'x','a:l':'y'") ","
		IDENTITY(ALLOW_IF("'StringEquals':{'a:k':'x'},'stringequals':{'a:l':'y'}")), "allowed", NULL},
	{"GRAM-10", "keys that differ by case are both asked", BOB_OWN "," CONTEXT("'a:k':'x'") "," IDENTITY(ALLOW_IF("'StringLike':{'a:k':'x','A:K':'y'}")), "implicit_deny", NULL},
	{"GRAM-10", "... and both hold", BOB_OWN "," CONTEXT("'a:k':'x'") "," IDENTITY(ALLOW_IF("'StringLike':{'a:k':'x','A:K':'?'}")), "allowed", NULL},
	{"EVAL-15", "** is no action", BOB_OWN "," IDENTITY(ALLOW("**")), "implicit_deny", NULL},
	{"EVAL-15", "... so that NotAction excludes nothing", BOB_OWN "," IDENTITY(DOC(STMT("Allow", "'NotAction':'**','Resource':'*'"))), "allowed", NULL},
	{"EVAL-15", "a word is none either", BOB_OWN "," IDENTITY(ALLOW("s3*")), "implicit_deny", NULL},
	{"ACT-2", "*:* is every action", BOB_OWN "," IDENTITY(ALLOW("*:*")), "allowed", NULL},
	{"ACT-4", "no wildcard in a service", BOB_OWN "," IDENTITY(ALLOW("s?:GetObject")), "implicit_deny", NULL},
	{"ACT-1", "letter case does not count", BOB_OWN "," IDENTITY(ALLOW("S3:GETobject")), "allowed", NULL},
	{"ACT-3", "blanks do", BOB_OWN "," IDENTITY(ALLOW("s3:GetObject ")), "implicit_deny", NULL},
	{"ACT-5", "NotAction spans services", BOB_OWN "," IDENTITY(DOC(STMT("Allow", "'NotAction':['iam:*','sts:*'],'Resource':'*'"))), "allowed", NULL},
	{"ACT-5", "... but not what it lists", BOB_OWN "," IDENTITY(DOC(STMT("Allow", "'NotAction':['iam:*','s3:Get*'],'Resource':'*'"))), "implicit_deny", NULL},
	{"ACT-5", "NotAction * is nothing", BOB_OWN "," IDENTITY(ALLOW_ALL "," DOC(STMT("Deny", "'NotAction':'*','Resource':'*'"))), "allowed", NULL},
};

static const Rule accounts[] = {
	{"XACC-1", "both sides", BOB_FOREIGN "," ADMIN "," GRANTS(AWS(A1)), "allowed", NULL},
	{"XACC-1", "the resource's side alone", BOB_FOREIGN "," GRANTS(AWS(BOB_ARN)), "implicit_deny", NULL},
	{"XACC-2", "a direct grant lifts no boundary there", BOB_FOREIGN "," ADMIN "," BOUNDARY(NOTHING) "," GRANTS(AWS(BOB_ARN)), "implicit_deny", NULL},
	{"XACC-2", "... nor a session policy", S1_FOREIGN "," ADMIN "," SESSIONS(NOTHING) "," GRANTS(AWS(S1_ARN)), "implicit_deny", NULL},
	{"XACC-3", "without a resource policy", BOB_FOREIGN "," ADMIN, "implicit_deny", NULL},
	{"XACC-3", "... of a service that has none", BY(BOB_ARN) "," ON("ec2:StopInstances", "arn:aws:ec2:us-east-1:222222222222:instance/i-1") "," ADMIN, "implicit_deny", NULL},
	{"XACC-3", "in one's own account there is no need", BY(BOB_ARN) "," ON("ec2:StopInstances", "arn:aws:ec2:us-east-1:111111111111:instance/i-1") "," ADMIN, "allowed", NULL},
	{"XACC-3", "... except by assuming a role", BY(BOB_ARN) "," ON("sts:AssumeRole", "arn:aws:iam::222222222222:role/r") "," ADMIN "," TRUSTS(AWS(A1)), "allowed", NULL},
	{"XACC-4", "a session belongs to the role's account", BY("arn:aws:sts::222222222222:assumed-role/app/bob") "," GET_FOREIGN "," ADMIN, "allowed", NULL},
	{"XACC-4", "an object to the bucket's owner", S1_FOREIGN "," ADMIN, "implicit_deny", NULL},
	{"XACC-4", "the ARN's account wins", BY(BOB_ARN) "," QUEUE_FOREIGN "," OWNED(A1) "," ADMIN, "implicit_deny", NULL},
	{"XACC-5", "another partition", BY(BOB_ARN) "," ON("s3:GetObject", "arn:aws-cn:s3:::b/k") "," OWNED(A2) "," ADMIN "," GRANTS("'*'"), "implicit_deny", NULL},
	{"XACC-5", "... the same account id", BY(ROOT_ARN) "," ON("s3:GetObject", "arn:aws-us-gov:s3:::b/k") "," OWNED(A1), "implicit_deny", NULL},
	{"XACC-5", "... the same partition", BY("arn:aws-cn:iam::111111111111:user/bob") "," ON("s3:GetObject", "arn:aws-cn:s3:::b/k") "," OWNED(A1) "," ADMIN, "allowed", NULL},
	{"XACC-5", "... an explicit deny stays one", BY(BOB_ARN) "," ON("s3:GetObject", "arn:aws-cn:s3:::b/k") "," IDENTITY(DENY("*")), "explicit_deny", NULL},
	{"XACC-5", "a role of another partition", BY(BOB_ARN) "," ON("sts:AssumeRole", "arn:aws-cn:iam::222222222222:role/r") "," ADMIN "," TRUSTS("'*'"), "implicit_deny", NULL},
	{"XACC-6", "the caller's SCPs limit it elsewhere", BOB_FOREIGN "," ADMIN "," GRANTS("'*'") "," SCPS("[" NOTHING "]"), "implicit_deny", NULL},
	{"XACC-6", "the owner's RCPs limit it as well", BOB_FOREIGN "," ADMIN "," GRANTS("'*'") "," RCPS("[" RCP_FULL "," NAMING("Deny", "'*'") "]"), "explicit_deny", NULL},
	{"XACC-6", "SCPs say nothing about callers of no account", BY("sns.amazonaws.com") "," QUEUE_OWN "," GRANTS("'*'") "," SCPS("[" NOTHING "]"), "allowed", NULL},
	{"BND-1", "identity and boundary", BOB_OWN "," ADMIN "," BOUNDARY(GET_S3), "allowed", NULL},
	{"BND-1", "identity without boundary", BOB_OWN "," ADMIN "," BOUNDARY(NOTHING), "implicit_deny", NULL},
	{"BND-2", "a boundary grants nothing", BOB_OWN "," BOUNDARY(ALLOW_ALL), "implicit_deny", NULL},
	{"BND-3", "a role has one", S1_OWN "," ADMIN "," BOUNDARY(NOTHING), "implicit_deny", NULL},
	{"BND-3", "root has none", BY(ROOT_ARN) "," GET_OWN "," BOUNDARY(NOTHING), "allowed", NULL},
	{"BND-3", "a service-linked role has none", S1_OWN ",'principal_is_service_linked_role':true," ADMIN "," BOUNDARY(DENY("*")), "allowed", NULL},
	{"BND-3", "... told by its path", S1_OWN ",'principal_role_arn':'arn:aws:iam::111111111111:role/aws-service-role/x.amazonaws.com/app'," ADMIN ","
		BOUNDARY(DENY("*")), "allowed", NULL},
	{"BND-5", "the user's boundary limits its federation token", BY(FED_ARN) ",'federating_user':'" BOB_ARN "'," GET_OWN "," ADMIN "," SESSIONS(ALLOW_ALL) ","
		BOUNDARY(NOTHING), "implicit_deny", NULL},
	{"BND-5", "... where it allows", BY(FED_ARN) ",'federating_user':'" BOB_ARN "'," GET_OWN "," ADMIN "," SESSIONS(ALLOW_ALL) "," BOUNDARY(GET_S3), "allowed", NULL},
	{"SESS-1", "no session policy is no restriction", S1_OWN "," ADMIN, "allowed", NULL},
	{"SESS-1", "one is", S1_OWN "," ADMIN "," SESSIONS(NOTHING), "implicit_deny", NULL},
	{"SESS-2", "session policies grant nothing", S1_OWN "," SESSIONS(ALLOW_ALL), "implicit_deny", NULL},
	{"SESS-2", "a resource policy can", S1_OWN "," SESSIONS(GET_S3) "," GRANTS(AWS(APP_ARN)), "allowed", NULL},
	{"SESS-3", "any Allow of the set", S1_OWN "," ADMIN "," SESSIONS(NOTHING "," GET_S3), "allowed", NULL},
	{"SESS-3", "any Deny of the set", S1_OWN "," ADMIN "," SESSIONS(GET_S3 "," DENY("s3:GetObject")), "explicit_deny", NULL},
	{"SESS-3", "no Allow in the set", S1_OWN "," ADMIN "," SESSIONS(NOTHING "," ALLOW("iam:*")), "implicit_deny", NULL},
	{"SESS-4", "a federation token: both", BY(FED_ARN) "," GET_OWN "," ADMIN "," SESSIONS(GET_S3), "allowed", NULL},
	{"SESS-4", "no session policy is no permission", BY(FED_ARN) "," GET_OWN "," ADMIN, "implicit_deny", NULL},
	{"SESS-4", "... but what names it", BY(FED_ARN) "," GET_OWN "," GRANTS(AWS(FED_ARN)), "allowed", NULL},
	{"SESS-4", "the session policy alone grants nothing", BY(FED_ARN) ",'federating_user':'" BOB_ARN "'," GET_OWN "," SESSIONS(ALLOW_ALL), "implicit_deny", NULL},
	{"SESS-4", "... except to root's", BY(FED_ARN) ",'federating_user':'" ROOT_ARN "'," GET_OWN "," SESSIONS(GET_S3), "allowed", NULL},
	{"SESS-4", "... elsewhere with the resource policy", BY(FED_ARN) ",'federating_user':'" ROOT_ARN "'," GET_FOREIGN "," SESSIONS(GET_S3) "," GRANTS(AWS(A1)), "allowed", NULL},
	{"SESS-4", "... without it not", BY(FED_ARN) ",'federating_user':'" ROOT_ARN "'," GET_FOREIGN "," SESSIONS(GET_S3), "implicit_deny", NULL},
	{"SESS-4", "root's token has no identity policies", BY(FED_ARN) ",'federating_user':'" ROOT_ARN "'," GET_OWN "," IDENTITY(DENY("*")) "," SESSIONS(GET_S3), "allowed", NULL},
	{"SESS-5", "who assumed the role does not matter", S1_OWN "," RESOURCE(DOC(STMT("Allow", FOR(AWS(BOB_ARN))))), "implicit_deny", NULL},
	{"SESS-5", "... nor is it denied with them", S1_OWN "," ADMIN "," RESOURCE(DOC(STMT("Deny", FOR(AWS(BOB_ARN))))), "allowed", NULL},
	{"SESS-6", "a user's token is the user", BOB_OWN "," CONTEXT("'aws:MultiFactorAuthPresent':'true','aws:TokenIssueTime':'2026-01-01T00:00:00Z'") ","
		GRANTS(AWS(BOB_ARN)), "allowed", NULL},
	{"SESS-6", "... without session policies", BOB_OWN "," ADMIN "," SESSIONS(DENY("*")), "allowed", NULL},
	{"SESS-7", "the role named: session and resource policy", S1_OWN "," SESSIONS(NOTHING) "," GRANTS(AWS(APP_ARN)) "," ADMIN, "implicit_deny", NULL},
	{"SESS-7", "... or session and identity policy", S1_OWN "," SESSIONS(GET_S3) "," RESOURCE(NAMING("Allow", AWS(A2))) "," ADMIN, "allowed", NULL},
	{"SESS-7", "the session named: the resource policy", S1_OWN "," SESSIONS(NOTHING) "," GRANTS(AWS(S1_ARN)), "allowed", NULL},
};

#define RCP_DENY RCPS("[" RCP_FULL "," NAMING("Deny", "'*'") "]")
#define LINKED	",'principal_is_service_linked_role':true,"

static const Rule organizations[] = {
	{"SCP-1", "an SCP grants nothing", BOB_OWN "," SCPS("[" ALLOW_ALL "]"), "implicit_deny", NULL},
	{"SCP-1", "... nor across accounts", BOB_FOREIGN "," ADMIN "," SCPS("[" ALLOW_ALL "]"), "implicit_deny", NULL},
	{"SCP-1", "... to root nothing it would not have", BY(ROOT_ARN) "," ON("kms:Decrypt", KEY_ARN) "," SCPS("[" ALLOW_ALL "]"), "implicit_deny", NULL},
	{"SCP-2", "every level", BOB_OWN "," ADMIN "," SCPS("[" ALLOW_ALL "],[" NOTHING "," GET_S3 "],[" GET_S3 "]"), "allowed", NULL},
	{"SCP-2", "... but one", BOB_OWN "," ADMIN "," SCPS("[" ALLOW_ALL "],[" NOTHING "],[" GET_S3 "]"), "implicit_deny", NULL},
	{"SCP-3", "a Deny of any level", BOB_OWN "," ADMIN "," SCPS("[" ALLOW_ALL "," DENY("s3:*") "],[" ALLOW_ALL "]"), "explicit_deny", NULL},
	{"SCP-4", "federated users too", BY(FED_ARN) "," GET_OWN "," GRANTS(AWS(FED_ARN)) "," SCPS("[" NOTHING "]"), "implicit_deny", NULL},
	{"SCP-5", "not in the management account", BOB_OWN ",'principal_in_management_account':true," ADMIN "," SCPS("[" DENY("*") "]"), "allowed", NULL},
	{"SCP-5", "... its root neither", BY(ROOT_ARN) "," GET_OWN ",'principal_in_management_account':true," SCPS("[]"), "allowed", NULL},
	{"SCP-5", "in a member account", BOB_OWN ",'principal_in_management_account':false," ADMIN "," SCPS("[" DENY("*") "]"), "explicit_deny", NULL},
	{"SCP-5", "... whosever the resource is", BOB_OWN ",'resource_in_management_account':true," ADMIN "," SCPS("[" DENY("*") "]"), "explicit_deny", NULL},
	{"SCP-6", "not to service-linked roles", S1_OWN LINKED ADMIN "," SCPS("[" DENY("*") "]"), "allowed", NULL},
	{"SCP-6", "to others", S1_OWN "," ADMIN "," SCPS("[" DENY("*") "]"), "explicit_deny", NULL},
	{"SCP-7", "they limit resource policies", BOB_OWN "," GRANTS(AWS(BOB_ARN)) "," SCPS("[" NOTHING "]"), "implicit_deny", NULL},
	{"SCP-8", "not to services", BY("sns.amazonaws.com") "," QUEUE_OWN "," GRANTS("'*'") "," SCPS("[" DENY("*") "]"), "allowed", NULL},
	{"SCP-9", "Allow with a condition, met", BOB_OWN "," ADMIN "," CONTEXT("'aws:SourceVpc':'vpc-1'") "," SCPS("[" ALLOW_IF("'StringEquals':{'aws:SourceVpc':'vpc-1'}") "]"), "allowed", NULL},
	{"SCP-9", "... not met", BOB_OWN "," ADMIN "," SCPS("[" ALLOW_IF("'StringEquals':{'aws:SourceVpc':'vpc-1'}") "]"), "implicit_deny", NULL},
	{"SCP-9", "Allow with NotAction and a resource", BOB_OWN "," ADMIN "," SCPS("[" DOC(STMT("Allow", "'NotAction':'iam:*','Resource':'arn:aws:s3:::b/*'")) "]"), "allowed", NULL},
	{"SCP-9", "... of another resource", BOB_OWN "," ADMIN "," SCPS("[" DOC(STMT("Allow", "'NotAction':'iam:*','Resource':'arn:aws:s3:::c/*'")) "]"), "implicit_deny", NULL},
	{"SCP-11", "without an organization there is no gate", BOB_OWN "," ADMIN, "allowed", NULL},
	{"SCP-11", "with one there is", BOB_OWN "," ADMIN "," SCPS("[" NOTHING "]"), "implicit_deny", NULL},
	{"STS-1", "GetCallerIdentity is beyond SCPs", BY(BOB_ARN) "," ON("sts:GetCallerIdentity", "*") "," SCPS("[" DENY("*") "]"), "allowed", NULL},
	{"RCP-1", "an RCP grants nothing", BOB_OWN "," RCPS("[" RCP_FULL "]"), "implicit_deny", NULL},
	{"RCP-2", "foreign callers", BOB_FOREIGN "," ADMIN "," GRANTS("'*'") "," RCP_DENY, "explicit_deny", NULL},
	{"RCP-2", "root", BY(ROOT_ARN) "," GET_OWN "," RCP_DENY, "explicit_deny", NULL},
	{"RCP-2", "services", BY("sns.amazonaws.com") "," QUEUE_OWN "," GRANTS("'*'") "," RCP_DENY, "explicit_deny", NULL},
	{"RCP-2", "a Deny of the last level", BOB_OWN "," ADMIN "," RCPS("[" RCP_FULL "],[" RCP_FULL "],[" RCP_FULL "," NAMING("Deny", "'*'") "]"), "explicit_deny", NULL},
	{"RCP-3", "not in the management account", BOB_OWN ",'resource_in_management_account':true," ADMIN "," RCP_DENY, "allowed", NULL},
	{"RCP-3", "... of the resource, not of the caller", BOB_OWN ",'principal_in_management_account':true," ADMIN "," RCP_DENY, "explicit_deny", NULL},
	{"RCP-4", "not to service-linked roles", S1_OWN LINKED ADMIN "," RCP_DENY, "allowed", NULL},
	{"RCP-4", "a service assuming its own", BY("x.amazonaws.com") "," ON("sts:AssumeRole", "arn:aws:iam::111111111111:role/aws-service-role/x.amazonaws.com/y") ","
		TRUSTS("{'Service':'x.amazonaws.com'}") "," RCP_DENY, "allowed", NULL},
	{"RCP-4", "a service assuming another", BY("x.amazonaws.com") "," ASSUME "," TRUSTS("{'Service':'x.amazonaws.com'}") "," RCP_DENY, "explicit_deny", NULL},
	{"RCP-5", "not to RetireGrant", BY(BOB_ARN) "," ON("kms:RetireGrant", KEY_ARN) "," GRANTS(AWS(BOB_ARN)) "," RCP_DENY, "allowed", NULL},
	{"RCP-5", "to other operations", BY(BOB_ARN) "," ON("kms:RevokeGrant", KEY_ARN) "," GRANTS(AWS(BOB_ARN)) "," RCP_DENY, "explicit_deny", NULL},
	{"RCP-6", "those of the caller's account are not asked: the owner's do not deny", BOB_FOREIGN "," ADMIN "," GRANTS("'*'") "," RCPS("[" RCP_FULL "]"), "allowed", NULL},
	{"RCP-9", "a Deny with a condition", BOB_FOREIGN "," ADMIN "," GRANTS("'*'") "," RCPS("[" RCP_FULL "," DOC(STMT("Deny", "'Principal':'*','Action':'s3:*','Resource':'*',"
			"'Condition':{'StringNotEqualsIfExists':{'aws:PrincipalOrgID':'o-1'},'BoolIfExists':{'aws:PrincipalIsAWSService':'false'}}")) "]"), "explicit_deny", NULL},
	{"RCP-9", "... whose exception holds", BOB_FOREIGN "," ADMIN "," GRANTS("'*'") "," CONTEXT("'aws:PrincipalOrgID':'o-1'") "," RCPS("[" RCP_FULL ","
		DOC(STMT("Deny", "'Principal':'*','Action':'s3:*','Resource':'*','Condition':{'StringNotEqualsIfExists':{'aws:PrincipalOrgID':'o-1'},"
				"'BoolIfExists':{'aws:PrincipalIsAWSService':'false'}}")) "]"), "allowed", NULL},
	{"RCP-7", "a service that is not listed", BY(BOB_ARN) "," ON("sns:Publish", "arn:aws:sns:us-east-1:111111111111:t") "," ADMIN "," RCP_DENY, "allowed", NULL},
	{"RCP-7", "... is by the request", BY(BOB_ARN) "," ON("sns:Publish", "arn:aws:sns:us-east-1:111111111111:t") ",'rcp_services':['SNS']," ADMIN "," RCP_DENY, "explicit_deny", NULL},
	{"RCP-7", "the request's list replaces ours", BOB_OWN ",'rcp_services':['sns']," ADMIN "," RCP_DENY, "allowed", NULL},
	{"RCP-7", "... empty or not", BOB_OWN ",'rcp_services':[]," ADMIN "," RCP_DENY, "allowed", NULL},
	{"RCP-7", "action prefixes are folded", BY(BOB_ARN) "," ON("SQS:SendMessage", "arn:aws:sqs:us-east-1:111111111111:q") "," ADMIN "," RCP_DENY, "explicit_deny", NULL},
	{"RCP-8", "a request on * has none", BY(BOB_ARN) "," ON("s3:ListAllMyBuckets", "*") "," ADMIN "," RCP_DENY, "allowed", NULL},
	{"RCP-8", "... not even a missing Allow", BY(BOB_ARN) "," ON("s3:ListAllMyBuckets", "*") "," ADMIN "," RCPS("[]"), "allowed", NULL},
	{"RCP-8", "a request on a resource has", BY(BOB_ARN) "," ON("s3:ListBucket", "arn:aws:s3:::b") "," ADMIN "," RCP_DENY, "explicit_deny", NULL},
};

static const Rule endpoints[] = {
	{"VPCE-1", "an endpoint grants nothing", BOB_OWN "," ENDPOINT(RCP_FULL), "implicit_deny", NULL},
	{"VPCE-2", "it must allow the action", BOB_OWN "," ADMIN "," ENDPOINT(DOC(STMT("Allow", "'Principal':'*','Action':'s3:Put*','Resource':'*'"))), "implicit_deny", NULL},
	{"VPCE-2", "... the resource", BOB_OWN "," ADMIN "," ENDPOINT(DOC(STMT("Allow", "'Principal':'*','Action':'*','Resource':'arn:aws:s3:::c/*'"))), "implicit_deny", NULL},
	{"VPCE-2", "any of several", BOB_OWN "," ADMIN "," ENDPOINT(DOC(STMT("Allow", "'Principal':'*','Action':'s3:Put*','Resource':'*'")) "," RCP_FULL), "allowed", NULL},
	{"VPCE-3", "its Deny is explicit", BOB_OWN "," ADMIN "," ENDPOINT(RCP_FULL "," NAMING("Deny", "'*'")), "explicit_deny", NULL},
	{"VPCE-4", "gateway: an account is its root", BOB_OWN "," ADMIN "," ENDPOINT(NAMING("Allow", AWS(A1))), "implicit_deny", NULL},
	{"VPCE-4", "... and root is", BY(ROOT_ARN) "," GET_OWN "," ENDPOINT(NAMING("Allow", AWS(A1))), "allowed", NULL},
	{"VPCE-4", "... in a Deny too", BOB_OWN "," ADMIN "," ENDPOINT(RCP_FULL "," NAMING("Deny", AWS(A1))), "allowed", NULL},
	{"VPCE-4", "... DynamoDB as well", BY(BOB_ARN) "," ON("dynamodb:GetItem", "arn:aws:dynamodb:us-east-1:111111111111:table/t") "," ADMIN ","
		ENDPOINT(NAMING("Allow", AWS(ROOT_ARN))), "implicit_deny", NULL},
	{"VPCE-4", "narrowed by aws:PrincipalArn", S1_OWN "," ADMIN "," ENDPOINT(DOC(STMT("Allow", "'Principal':'*'," IF("'ArnEquals':{'aws:PrincipalArn':'" APP_ARN "'}")))), "allowed", NULL},
	{"VPCE-5", "interface: an account is everybody in it", BY(BOB_ARN) "," QUEUE_OWN "," ADMIN "," ENDPOINT(NAMING("Allow", AWS(A1))), "allowed", NULL},
	{"VPCE-5", "... not others", BY(BOB_ARN) "," QUEUE_OWN "," ADMIN "," ENDPOINT(NAMING("Allow", AWS(A2))), "implicit_deny", NULL},
	{"VPCE-5", "... a role is its sessions", BY(S1_ARN) "," QUEUE_OWN "," ADMIN "," ENDPOINT(NAMING("Allow", AWS(APP_ARN))), "allowed", NULL},
	{"VPCE-5", "... a Deny of a user", BY(BOB_ARN) "," QUEUE_OWN "," ADMIN "," ENDPOINT(RCP_FULL "," NAMING("Deny", AWS(BOB_ARN))), "explicit_deny", NULL},
	{"VPCE-7", "without an endpoint there is no gate", BY(BOB_ARN) "," QUEUE_OWN "," ADMIN, "allowed", NULL},
	{"VPCE-7", "foreign credentials are restricted", BY("arn:aws:iam::222222222222:user/eve") "," ON("sqs:SendMessage", "arn:aws:sqs:us-east-1:222222222222:q") "," ADMIN ","
		ENDPOINT(NAMING("Allow", AWS(A1))), "implicit_deny", NULL},
	{"VPCE-7", "... root's too", BY("arn:aws:iam::222222222222:root") "," GET_FOREIGN "," ENDPOINT(NAMING("Allow", AWS(A1))), "implicit_deny", NULL},
	{"VPCE-7", "... whatever grants", BOB_OWN "," GRANTS(AWS(BOB_ARN)) "," ENDPOINT(DOC(STMT("Allow", "'Principal':'*','Action':'s3:Put*','Resource':'*'"))), "implicit_deny", NULL},
};

int
main(void)
{
	CHECK_RULES(evaluation);
	CHECK_RULES(accounts);
	CHECK_RULES(organizations);
	CHECK_RULES(endpoints);
	return checks_done();
}
