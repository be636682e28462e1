/*
 * rules_unknown_test.c: resources, conditions and variables (spec sections 4, 6
 * and 7) as whole decisions, requests for many resources or with unknown context
 * (EVAL-14), and what explanations say (EVAL-12).
 */
#include "rules.h"

#define ADMIN	IDENTITY(ALLOW_ALL)
#define BOB_GETS(resource) BY(BOB_ARN) "," ON("s3:GetObject", resource) "," OWNED(A1)
#define MANY	BOB_GETS("arn:aws:s3:::b/*")
#define ON_S3(resource) IDENTITY(ALLOW_ON("'arn:aws:s3:::" resource "'"))
#define NOT_S3(resource) IDENTITY(ALLOW_ALL "," DENY_ON("'arn:aws:s3:::" resource "'"))
#define EXCEPT(effect, resources) DOC(STMT(effect, "'Action':'*','NotResource':" resources))

static const Rule resources[] = {
	{"RES-1", "any entry", BOB_GETS("arn:aws:s3:::b/k") "," IDENTITY(ALLOW_ON("['arn:aws:s3:::c/*','arn:aws:s3:::b/*']")), "allowed", NULL},
	{"RES-1", "no entry", BOB_GETS("arn:aws:s3:::b/k") "," IDENTITY(ALLOW_ON("['arn:aws:s3:::c/*','arn:aws:s3:::b']")), "implicit_deny", NULL},
	{"RES-2", "NotResource: listed", BOB_GETS("arn:aws:s3:::b/k") "," IDENTITY(EXCEPT("Allow", "['arn:aws:s3:::c/*','arn:aws:s3:::b/*']")), "implicit_deny", NULL},
	{"RES-2", "NotResource: other services", BY(BOB_ARN) "," ON("sqs:SendMessage", "arn:aws:sqs:us-east-1:111111111111:q") "," IDENTITY(EXCEPT("Allow", "'arn:aws:s3:::*'")), "allowed", NULL},
	{"RES-3", "a bucket policy tells bucket from object", BY(BOB_ARN) "," GET_OWN "," RESOURCE(DOC(STMT("Allow", "'Principal':" AWS(BOB_ARN)
			",'Action':'s3:*','Resource':'arn:aws:s3:::b'"))), "implicit_deny", NULL},
	{"RES-3", "... the object", BY(BOB_ARN) "," GET_OWN "," RESOURCE(DOC(STMT("Allow", "'Principal':" AWS(BOB_ARN) ",'Action':'s3:*','Resource':'arn:aws:s3:::b/*'"))), "allowed", NULL},
	{"RES-3", "... a Deny of the bucket", BY(BOB_ARN) "," GET_OWN "," ADMIN "," RESOURCE(DOC(STMT("Deny", "'Principal':'*','Action':'s3:*','Resource':'arn:aws:s3:::b'"))), "allowed", NULL},
	{"RES-3", "a trust policy is about its role", BY(BOB_ARN) "," ASSUME "," RESOURCE(DOC(STMT("Allow", "'Principal':" AWS(BOB_ARN) ",'Action':'sts:AssumeRole'"))), "allowed", NULL},
	{"RES-4", "* only by *", BY(BOB_ARN) "," ON("s3:ListAllMyBuckets", "*") "," ON_S3("*"), "implicit_deny", NULL},
	{"RES-4", "... even arn:*", BY(BOB_ARN) "," ON("s3:ListAllMyBuckets", "*") "," IDENTITY(ALLOW_ON("'arn:*'")), "implicit_deny", NULL},
	{"RES-4", "... or a run of stars", BY(BOB_ARN) "," ON("s3:ListAllMyBuckets", "*") "," IDENTITY(ALLOW_ON("'***'")), "allowed", NULL},
	{"RES-4", "NotResource of an ARN leaves it", BY(BOB_ARN) "," ON("s3:ListAllMyBuckets", "*") "," IDENTITY(EXCEPT("Allow", "'arn:aws:s3:::*'")), "allowed", NULL},
	{"RES-4", "NotResource of * does not", BY(BOB_ARN) "," ON("s3:ListAllMyBuckets", "*") "," IDENTITY(EXCEPT("Allow", "'*'")), "implicit_deny", NULL},
	{"RES-5", "a variable without value", BY(S1_ARN) "," GET_OWN "," ON_S3("b/${aws:username}*"), "implicit_deny", NULL},
	{"RES-5", "... excludes nothing", BY(S1_ARN) "," GET_OWN "," IDENTITY(EXCEPT("Allow", "'arn:aws:s3:::b/${aws:username}*'")), "allowed", NULL},
	{"ARN-5", "a star at a segment's end runs on", BY(BOB_ARN) "," ON("dynamodb:GetItem", "arn:aws:dynamodb:us-east-1:111111111111:table/prod-x") ","
		IDENTITY(ALLOW_ON("'arn:aws:dynamodb:*:table/prod-*'")), "allowed", NULL},
	{"ARN-5", "... not within one", BY(BOB_ARN) "," ON("dynamodb:GetItem", "arn:aws:dynamodb:us-east-1:111111111111:table/prod-x") ","
		IDENTITY(ALLOW_ON("'arn:aws:dynamodb:*t-1:table/prod-*'")), "implicit_deny", NULL},
	{"ARN-5", "conditions compare six components", BY(BOB_ARN) "," GET_OWN "," CONTEXT("'aws:SourceArn':'arn:aws:sns:us-east-1:111111111111:t'") ","
		IDENTITY(ALLOW_IF("'ArnLike':{'aws:SourceArn':'arn:aws:sns:*:t'}")), "implicit_deny", NULL},
	{"ARN-3", "a run of stars is every resource", BOB_GETS("arn:aws:s3:::b/k") "," IDENTITY(ALLOW_ON("'**'")), "allowed", NULL},
	{"ARN-4", "a star crosses slashes and colons in the sixth field", BOB_GETS("arn:aws:s3:::b/x/y:z/k") "," ON_S3("b/*k"), "allowed", NULL},
	{"ARN-4", "a question mark is one character", BOB_GETS("arn:aws:s3:::b/kk") "," ON_S3("b/?"), "implicit_deny", NULL},
	{"ACT-6", "no variables in actions", BOB_GETS("arn:aws:s3:::b/k") "," CONTEXT("'k:a':'GetObject'") "," IDENTITY(ALLOW("s3:${k:a}")), "implicit_deny", NULL},
	{"ARN-6", "letter case counts", BOB_GETS("arn:aws:s3:::b/K") "," ON_S3("b/k"), "implicit_deny", NULL},
	{"ARN-7", "a short pattern in an identity policy", BOB_GETS("arn:aws:s3:::b/k") "," IDENTITY(ALLOW_ON("'arn:aws:s3'")), "allowed", NULL},
	{"ARN-7", "... in a boundary", BOB_GETS("arn:aws:s3:::b/k") "," ADMIN "," BOUNDARY(ALLOW_ON("'arn:aws:s3'")), "allowed", NULL},
	{"ARN-7", "... in an SCP", BOB_GETS("arn:aws:s3:::b/k") "," ADMIN "," SCPS("[" ALLOW_ON("'arn:aws:s3'") "]"), "implicit_deny", NULL},
	{"ARN-7", "... in a resource policy", BOB_GETS("arn:aws:s3:::b/k") "," RESOURCE(DOC(STMT("Allow", "'Principal':'*','Action':'*','Resource':'arn:aws:s3'"))), "implicit_deny", NULL},
	{"ARN-7", "one that ends in a star, everywhere", BOB_GETS("arn:aws:s3:::b/k") "," ADMIN "," SCPS("[" ALLOW_ON("'arn:aws:s3*'") "]"), "allowed", NULL},
	{"ARN-8", "an empty field is not any", BY(BOB_ARN) "," ON("sqs:SendMessage", "arn:aws:sqs:us-east-1:111111111111:q") "," IDENTITY(ALLOW_ON("'arn:aws:sqs:::q'")), "implicit_deny", NULL},
	{"RES-6", "covered", MANY "," ON_S3("b/*"), "allowed", NULL},
	{"RES-6", "covered by more", MANY "," ON_S3("*"), "allowed", NULL},
	{"RES-6", "disjoint", MANY "," ON_S3("c/*"), "implicit_deny", NULL},
	{"RES-6", "disjoint: the bucket", MANY "," ON_S3("b"), "implicit_deny", NULL},
	{"RES-6", "overlapping", MANY "," ON_S3("b/x*"), "conditional", "{'resource':'arn:aws:s3:::b/x*'}"},
	{"RES-6", "one of them", MANY "," ON_S3("b/k"), "conditional", "{'resource':'arn:aws:s3:::b/k'}"},
	{"RES-6", "both ways", BOB_GETS("arn:aws:s3:::b/*.txt") "," ON_S3("b/x*"), "conditional", "{'resource':'arn:aws:s3:::b/x*'}"},
	{"RES-6", "a Deny of all", MANY "," NOT_S3("b/*"), "explicit_deny", NULL},
	{"RES-6", "a Deny of none", MANY "," NOT_S3("c/*"), "allowed", NULL},
	{"RES-6", "a Deny of some", MANY "," NOT_S3("b/x*"), "conditional", "{'not':{'resource':'arn:aws:s3:::b/x*'}}"},
	{"RES-6", "NotResource of some", MANY "," IDENTITY(EXCEPT("Allow", "'arn:aws:s3:::b/x*'")), "conditional", "{'not':{'resource':'arn:aws:s3:::b/x*'}}"},
	{"RES-6", "NotResource of all", MANY "," IDENTITY(EXCEPT("Allow", "'arn:aws:s3:::*'")), "implicit_deny", NULL},
	{"RES-6", "some allowed and the same denied", MANY "," IDENTITY(ALLOW_ON("'arn:aws:s3:::b/x*'") "," DENY_ON("'arn:aws:s3:::b/x*'")), "implicit_deny", NULL},
	{"RES-6", "some by the identity policy, some by the boundary", MANY "," ON_S3("b/x*") "," BOUNDARY(ALLOW_ON("'arn:aws:s3:::b/*y'")), "conditional",
		"{'all':[{'resource':'arn:aws:s3:::b/*y'},{'resource':'arn:aws:s3:::b/x*'}]}"},
	{"RES-6", "a question mark", BOB_GETS("arn:aws:s3:::b/?") "," ON_S3("b/*"), "allowed", NULL},
	{"RES-6", "... is not a star", MANY "," ON_S3("b/?"), "conditional", NULL},
	{"RES-6", "a region is asked for all", BY(BOB_ARN) "," ON("sqs:SendMessage", "arn:aws:sqs:*:111111111111:q") "," IDENTITY(ALLOW_ON("'arn:aws:sqs:*:111111111111:q'")), "allowed", NULL},
	{"RES-6", "... and allowed in one", BY(BOB_ARN) "," ON("sqs:SendMessage", "arn:aws:sqs:*:111111111111:q") "," IDENTITY(ALLOW_ON("'arn:aws:sqs:us-east-1:111111111111:q'")),
		"conditional", "{'resource':'arn:aws:sqs:us-east-1:111111111111:q'}"},
	{"RES-6", "a variable in the pattern", MANY "," ON_S3("b/${aws:username}/*"), "conditional", "{'resource':'arn:aws:s3:::b/${aws:username}/*'}"},
	{"RES-6", "... that covers", BOB_GETS("arn:aws:s3:::b/bob/*") "," ON_S3("b/${aws:username}/*"), "allowed", NULL},
	{"RES-6", "... that is disjoint", BOB_GETS("arn:aws:s3:::b/eve/*") "," ON_S3("b/${aws:username}/*"), "implicit_deny", NULL},
	{"ARN-2", "a literal star", BOB_GETS("arn:aws:s3:::b/${*}") "," ON_S3("b/x"), "implicit_deny", NULL},
	{"ARN-2", "... within a pattern", BOB_GETS("arn:aws:s3:::b/${*}") "," ON_S3("b/?"), "allowed", NULL},
	{"ARN-2", "... and its equal", BOB_GETS("arn:aws:s3:::b/${*}") "," ON_S3("b/${*}"), "allowed", NULL},
	{"VAR-8", "a literal star is no wildcard of a policy", BOB_GETS("arn:aws:s3:::b/x") "," ON_S3("b/${*}"), "implicit_deny", NULL},
	{"ARN-2", "a literal question mark", BOB_GETS("arn:aws:s3:::b/a${?}") "," ON_S3("b/a${?}"), "allowed", NULL},
	{"ARN-2", "a literal and a wildcard", BOB_GETS("arn:aws:s3:::b/${*}*") "," ON_S3("b/${*}*"), "allowed", NULL},
	{"ARN-2", "... overlap what may begin so", BOB_GETS("arn:aws:s3:::b/${*}*") "," ON_S3("b/${*}x"), "conditional", "{'resource':'arn:aws:s3:::b/${*}x'}"},
	{"ARN-2", "... not what does not", BOB_GETS("arn:aws:s3:::b/${*}*") "," ON_S3("b/x*"), "implicit_deny", NULL},
	{"ARN-14", "an ARN without account is the caller's", BY(BOB_ARN) "," ON("s3:GetObject", "arn:aws:s3:::b/k") "," ADMIN, "allowed", NULL},
	{"ARN-14", "... else whose the request says", BY(BOB_ARN) "," GET_FOREIGN "," ADMIN, "implicit_deny", NULL},
};

#define BOB_OWN BY(BOB_ARN) "," GET_OWN
#define HAVING(context, condition) BOB_OWN "," CONTEXT(context) "," IDENTITY(ALLOW_IF(condition))

static const Rule conditions[] = {
	{"COND-1", "all entries", HAVING("'k:a':'1','k:b':'2'", "'StringEquals':{'k:a':'1','k:b':'2'}"), "allowed", NULL},
	{"COND-3", "all but one", HAVING("'k:a':'1','k:b':'3'", "'StringEquals':{'k:a':'1'},'StringLike':{'k:b':'2'}"), "implicit_deny", NULL},
	{"COND-2", "key names in any case", HAVING("'K:A':'1'", "'StringEquals':{'k:a':'1'}"), "allowed", NULL},
	{"COND-2", "the given case first", HAVING("'aws:RequestTag/T':'1','aws:RequestTag/t':'2'", "'StringEquals':{'aws:RequestTag/t':'2'}"), "allowed", NULL},
	{"COND-4", "any value", HAVING("'k:a':'2'", "'StringEquals':{'k:a':['1','2']}"), "allowed", NULL},
	{"COND-5", "none of the values", HAVING("'k:a':'2'", "'StringNotEquals':{'k:a':['1','2']}"), "implicit_deny", NULL},
	{"COND-10", "absent: false", BOB_OWN "," IDENTITY(ALLOW_IF("'StringLike':{'k:a':'*'}")), "implicit_deny", NULL},
	{"COND-11", "absent: true for a negated operator", BOB_OWN "," IDENTITY(ALLOW_IF("'StringNotLike':{'k:a':'*'}")), "allowed", NULL},
	{"COND-20", "IfExists in a Deny denies without the key", BOB_OWN "," IDENTITY(ALLOW_ALL "," DENY_IF("'StringNotEqualsIfExists':{'k:a':'1'}")), "explicit_deny", NULL},
	{"COND-20", "... not with it", BOB_OWN "," CONTEXT("'k:a':'1'") "," IDENTITY(ALLOW_ALL "," DENY_IF("'StringNotEqualsIfExists':{'k:a':'1'}")), "allowed", NULL},
	{"COND-30", "an empty string is null", HAVING("'k:a':''", "'Null':{'k:a':'true'}"), "allowed", NULL},
	{"COND-30", "... yet a value", HAVING("'k:a':''", "'StringEquals':{'k:a':''}"), "allowed", NULL},
	{"COND-30", "unquoted", HAVING("'k:a':'x'", "'Null':{'k:a':false}"), "allowed", NULL},
	{"COND-41", "all of several", HAVING("'k:a':['1','2']", "'ForAllValues:StringEquals':{'k:a':['1','2','3']}"), "allowed", NULL},
	{"COND-41", "all but one", HAVING("'k:a':['1','4']", "'ForAllValues:StringEquals':{'k:a':['1','2','3']}"), "implicit_deny", NULL},
	{"COND-41", "all of none", BOB_OWN "," IDENTITY(ALLOW_IF("'ForAllValues:StringEquals':{'k:a':'1'}")), "allowed", NULL},
	{"COND-42", "any of none, negated too", BOB_OWN "," IDENTITY(ALLOW_IF("'ForAnyValue:StringNotEquals':{'k:a':'1'}")), "implicit_deny", NULL},
	{"COND-43", "some value is not listed", HAVING("'k:a':['1','4']", "'ForAnyValue:StringNotEquals':{'k:a':'1'}"), "allowed", NULL},
	{"COND-43", "no value is listed", HAVING("'k:a':['1','4']", "'ForAllValues:StringNotEquals':{'k:a':'1'}"), "implicit_deny", NULL},
	{"COND-44", "several values without a set operator", HAVING("'k:a':['1','2']", "'StringEquals':{'k:a':'1'}"), "implicit_deny", NULL},
	{"COND-44", "... negated neither", HAVING("'k:a':['1','2']", "'StringNotEquals':{'k:a':'3'}"), "implicit_deny", NULL},
	{"COND-45", "one value is a set of one", HAVING("'k:a':'1'", "'ForAnyValue:StringEquals':{'k:a':'1'}"), "allowed", NULL},
	{"COND-46", "IfExists of a set", BOB_OWN "," IDENTITY(ALLOW_IF("'ForAnyValue:StringEqualsIfExists':{'k:a':'1'}")), "allowed", NULL},
	{"COND-50", "* is itself", HAVING("'k:a':'x'", "'StringEquals':{'k:a':'*'}"), "implicit_deny", NULL},
	{"COND-51", "no folding of sharp s", HAVING("'k:a':'stra\xc3\x9f" "e'", "'StringEqualsIgnoreCase':{'k:a':'STRASSE'}"), "implicit_deny", NULL},
	{"COND-51", "umlauts in any case", HAVING("'k:a':'\xc3\xa4" "b'", "'StringEqualsIgnoreCase':{'k:a':'\xc3\x84" "B'}"), "allowed", NULL},
	{"COND-60", "exact decimals", HAVING("'k:a':'9007199254740993.0'", "'NumericEquals':{'k:a':'9007199254740993'}"), "allowed", NULL},
	{"COND-60", "... apart by one", HAVING("'k:a':'9007199254740993'", "'NumericEquals':{'k:a':'9007199254740992'}"), "implicit_deny", NULL},
	{"COND-66", "the request is on the left", HAVING("'k:a':9", "'NumericLessThan':{'k:a':'10'}"), "allowed", NULL},
	{"COND-66", "... equal is not less", HAVING("'k:a':10.0", "'NumericLessThan':{'k:a':'10'}"), "implicit_deny", NULL},
	{"COND-65a", "no number in the request: neither", HAVING("'k:a':'x'", "'NumericNotEquals':{'k:a':'10'}"), "implicit_deny", NULL},
	{"COND-65a", "no number in the policy: negated holds", HAVING("'k:a':'1'", "'NumericNotEquals':{'k:a':'x'}"), "allowed", NULL},
	{"COND-65a", "no ARN in the request: neither", HAVING("'k:a':'x'", "'ArnNotLike':{'k:a':'arn:aws:s3:::b'}"), "implicit_deny", NULL},
	{"COND-65a", "ArnLike * is no pattern", HAVING("'k:a':'arn:aws:s3:::b'", "'ArnLike':{'k:a':'*'}"), "implicit_deny", NULL},
	{"COND-67", "ten is ten", HAVING("'k:a':'10.0'", "'NumericEquals':{'k:a':'1e1'}"), "allowed", NULL},
	{"COND-68", "an operator of another type does not match", HAVING("'k:a':'x'", "'NumericEquals':{'k:a':'1'}"), "implicit_deny", NULL},
	{"COND-68", "several booleans are ORed", HAVING("'k:a':'true'", "'Bool':{'k:a':['false','true']}"), "allowed", NULL},
	{"COND-69", "variables under Bool", HAVING("'k:a':'true','k:b':'true'", "'Bool':{'k:a':'${k:b}'}"), "allowed", NULL},
	{"COND-69", "... not under numbers", HAVING("'k:a':'1','k:b':'1'", "'NumericEquals':{'k:a':'${k:b}'}"), "implicit_deny", NULL},
	{"COND-40", "the number of the request's values decides", HAVING("'k:a':'1'", "'StringEquals':{'k:a':['1','2']}"), "allowed", NULL},
	{"ARN-10", "no pattern in the policy: negated holds", HAVING("'k:a':'arn:aws:s3:::b'", "'ArnNotLike':{'k:a':'x'}"), "allowed", NULL},
	{"CTX-9", "no endpoint, no SourceVpce", BOB_OWN "," IDENTITY(ALLOW_ALL "," DENY_IF("'StringNotEquals':{'aws:SourceVpce':'vpce-1'}")), "explicit_deny", NULL},
	{"CTX-9", "... through it", BOB_OWN "," CONTEXT("'aws:SourceVpce':'vpce-1'") "," IDENTITY(ALLOW_ALL "," DENY_IF("'StringNotEquals':{'aws:SourceVpce':'vpce-1'}")), "allowed", NULL},
	{"COND-61", "dates are instants", HAVING("'aws:CurrentTime':'2026-01-01T01:00:00+01:00'", "'DateEquals':{'aws:CurrentTime':'2026-01-01T00:00:00Z'}"), "allowed", NULL},
	{"COND-61", "epoch seconds too", HAVING("'aws:EpochTime':'1767225601'", "'DateGreaterThan':{'aws:EpochTime':'2026-01-01'}"), "allowed", NULL},
	{"COND-61", "no time is given", BOB_OWN "," IDENTITY(ALLOW_IF("'DateGreaterThan':{'aws:CurrentTime':'2000-01-01'}")), "implicit_deny", NULL},
	{"COND-62", "booleans", HAVING("'aws:SecureTransport':true", "'Bool':{'aws:SecureTransport':'TRUE'}"), "allowed", NULL},
	{"COND-63", "bytes", HAVING("'k:a':'QUJD'", "'BinaryEquals':{'k:a':'QUJD'}"), "allowed", NULL},
	{"COND-64", "networks", HAVING("'aws:SourceIp':'2001:db8::1'", "'IpAddress':{'aws:SourceIp':['10.0.0.0/8','2001:db8::/32']}"), "allowed", NULL},
	{"COND-64", "host bits do not count", HAVING("'aws:SourceIp':'10.1.0.1'", "'IpAddress':{'aws:SourceIp':'10.1.2.3/16'}"), "allowed", NULL},
	{"COND-64", "no address is none of them", HAVING("'aws:SourceIp':'10.1.0.1'", "'NotIpAddress':{'aws:SourceIp':'::/0'}"), "allowed", NULL},
};

#define HOME	"'arn:aws:s3:::b/${aws:username}/*'"
#define BOBS	BOB_GETS("arn:aws:s3:::b/bob/k")
#define EVES	BOB_GETS("arn:aws:s3:::b/eve/k")
#define NAMED(effect) DOC(STMT(effect, "'Principal':'*','Action':'*','Resource':" HOME))
#define TAGS_TRUST RESOURCE(DOC(STMT("Allow", "'Principal':'*','Action':'sts:*','Condition':{'StringEquals':{'aws:RequestTag/owner':'${aws:username}'}}")))
#define OLD(resource) IDENTITY("{'Version':'2008-10-17','Statement':{'Effect':'Allow','Action':'*','Resource':'" resource "'}}")

static const Rule variables[] = {
	{"VAR-13", "identity", BOBS "," IDENTITY(ALLOW_ON(HOME)), "allowed", NULL},
	{"VAR-13", "identity, another's", EVES "," IDENTITY(ALLOW_ON(HOME)), "implicit_deny", NULL},
	{"VAR-13", "resource", BOBS "," RESOURCE(NAMED("Allow")), "allowed", NULL},
	{"VAR-13", "resource, another's", EVES "," RESOURCE(NAMED("Allow")), "implicit_deny", NULL},
	{"VAR-13", "trust", BY(BOB_ARN) "," ASSUME "," CONTEXT("'aws:RequestTag/owner':'bob'") "," TAGS_TRUST, "allowed", NULL},
	{"VAR-13", "trust, another's", BY(BOB_ARN) "," ASSUME "," CONTEXT("'aws:RequestTag/owner':'eve'") "," TAGS_TRUST, "implicit_deny", NULL},
	{"VAR-13", "boundary", BOBS "," ADMIN "," BOUNDARY(ALLOW_ON(HOME)), "allowed", NULL},
	{"VAR-13", "boundary, another's", EVES "," ADMIN "," BOUNDARY(ALLOW_ON(HOME)), "implicit_deny", NULL},
	{"VAR-13", "session", BY(S1_ARN) "," ON("s3:GetObject", "arn:aws:s3:::b/red/k") "," CONTEXT("'aws:PrincipalTag/team':'red'") "," ADMIN ","
		SESSIONS(ALLOW_ON("'arn:aws:s3:::b/${aws:PrincipalTag/team}/*'")), "allowed", NULL},
	{"VAR-13", "session, another's", BY(S1_ARN) "," ON("s3:GetObject", "arn:aws:s3:::b/blue/k") "," CONTEXT("'aws:PrincipalTag/team':'red'") "," ADMIN ","
		SESSIONS(ALLOW_ON("'arn:aws:s3:::b/${aws:PrincipalTag/team}/*'")), "implicit_deny", NULL},
	{"VAR-13", "SCP", BOBS "," ADMIN "," SCPS("[" ALLOW_ALL "," DENY_ON(HOME) "]"), "explicit_deny", NULL},
	{"VAR-13", "SCP, another's", EVES "," ADMIN "," SCPS("[" ALLOW_ALL "," DENY_ON(HOME) "]"), "allowed", NULL},
	{"VAR-13", "RCP", BOBS "," ADMIN "," RCPS("[" RCP_FULL "," NAMED("Deny") "]"), "explicit_deny", NULL},
	{"VAR-13", "RCP, another's", EVES "," ADMIN "," RCPS("[" RCP_FULL "," NAMED("Deny") "]"), "allowed", NULL},
	{"VAR-13", "endpoint", BOBS "," ADMIN "," ENDPOINT(NAMED("Allow")), "allowed", NULL},
	{"VAR-13", "endpoint, another's", EVES "," ADMIN "," ENDPOINT(NAMED("Allow")), "implicit_deny", NULL},
	{"VAR-1", "a key of the service", BOB_GETS("arn:aws:s3:::b/home") "," CONTEXT("'s3:prefix':'home'") "," ON_S3("b/${s3:prefix}"), "allowed", NULL},
	{"VAR-1", "... of another value", BOB_GETS("arn:aws:s3:::b/home") "," CONTEXT("'s3:prefix':'away'") "," ON_S3("b/${s3:prefix}"), "implicit_deny", NULL},
	{"VAR-5", "one variable of two without value", BOB_GETS("arn:aws:s3:::b/bob/x") "," ON_S3("b/${aws:username}/${k:a}*"), "implicit_deny", NULL},
	{"VAR-5", "another entry may match", BOB_GETS("arn:aws:s3:::b/bob/x") "," IDENTITY(ALLOW_ON("['arn:aws:s3:::b/${k:a}','arn:aws:s3:::b/${aws:username}/*']")), "allowed", NULL},
	{"VAR-10", "a blank in the name", BOB_GETS("arn:aws:s3:::b/bob") "," ON_S3("b/${ aws:username}"), "implicit_deny", NULL},
	{"VAR-10", "no name", BOB_GETS("arn:aws:s3:::b/${$}{}") "," ON_S3("b/${}"), "implicit_deny", NULL},
	{"VAR-10", "an unterminated one is text", BOB_GETS("arn:aws:s3:::b/${$}{x") "," ON_S3("b/${x"), "allowed", NULL},
	{"VAR-2", "not before the sixth field", BY(BOB_ARN) "," ON("sqs:SendMessage", "arn:aws:sqs:us-east-1:111111111111:q") ","
		IDENTITY(ALLOW_ON("'arn:aws:sqs:us-east-1:${aws:PrincipalAccount}:q'")), "implicit_deny", NULL},
	{"VAR-2", "in an ARN of a condition anywhere", HAVING("'aws:SourceArn':'arn:aws:sns:us-east-1:111111111111:t'",
		"'ArnEquals':{'aws:SourceArn':'arn:aws:sns:us-east-1:${aws:PrincipalAccount}:t'}"), "allowed", NULL},
	{"VAR-3", "names in any case", BOBS "," ON_S3("b/${AWS:UserName}/k"), "allowed", NULL},
	{"VAR-4", "a default", BY(S1_ARN) "," ON("s3:GetObject", "arn:aws:s3:::b/all/k") "," ON_S3("b/${aws:username, \\u0027all\\u0027}/k"), "allowed", NULL},
	{"VAR-4", "... where there is a value", BOB_GETS("arn:aws:s3:::b/all/k") "," ON_S3("b/${aws:username, \\u0027all\\u0027}/k"), "implicit_deny", NULL},
	{"VAR-6", "no value: positive", BY(S1_ARN) "," GET_OWN "," CONTEXT("'k:a':'x'") "," IDENTITY(ALLOW_IF("'StringLike':{'k:a':'${aws:username}*'}")), "implicit_deny", NULL},
	{"VAR-6", "no value: negated", BY(S1_ARN) "," GET_OWN "," CONTEXT("'k:a':'x'") "," IDENTITY(ALLOW_IF("'StringNotLike':{'k:a':'${aws:username}*'}")), "allowed", NULL},
	{"VAR-7", "several values are none", BOB_GETS("arn:aws:s3:::b/1") "," CONTEXT("'k:a':['1','2']") "," ON_S3("b/${k:a}"), "implicit_deny", NULL},
	{"VAR-9", "2008 has none", BOB_GETS("arn:aws:s3:::b/bob") "," OLD("arn:aws:s3:::b/${aws:username}"), "implicit_deny", NULL},
	{"VAR-9", "... but text", BOB_GETS("arn:aws:s3:::b/${aws:username}") "," OLD("arn:aws:s3:::b/${aws:username}"), "allowed", NULL},
	{"VAR-9", "... with wildcards", BOB_GETS("arn:aws:s3:::b/${x}") "," OLD("arn:aws:s3:::b/${*}"), "allowed", NULL},
	{"VAR-9", "no version is 2008", BOB_GETS("arn:aws:s3:::b/bob") "," IDENTITY("{'Statement':{'Effect':'Allow','Action':'*','Resource':'arn:aws:s3:::b/${aws:username}'}}"), "implicit_deny", NULL},
	{"VAR-11", "a tag's star is no wildcard", BOB_GETS("arn:aws:s3:::b/x") "," CONTEXT("'aws:PrincipalTag/t':'*'") "," ON_S3("b/${aws:PrincipalTag/t}"), "implicit_deny", NULL},
	{"VAR-11", "... but a star", BOB_GETS("arn:aws:s3:::b/${*}") "," CONTEXT("'aws:PrincipalTag/t':'*'") "," ON_S3("b/${aws:PrincipalTag/t}"), "allowed", NULL},
	{"VAR-12", "an empty value is none", BOB_GETS("arn:aws:s3:::b/x") "," CONTEXT("'aws:PrincipalTag/t':''") "," ON_S3("b/x${aws:PrincipalTag/t}"), "implicit_deny", NULL},
	{"VER-1", "everything else is alike", BOB_OWN "," CONTEXT("'k:a':['1']") "," IDENTITY("{'Version':'2008-10-17','Statement':{'Effect':'Allow','Action':'s3:Get*',"
		"'Resource':'arn:aws:s3:::b/?','Condition':{'ForAnyValue:StringLikeIfExists':{'k:a':'?'}}}}"), "allowed", NULL},
	{"VER-2", "each document by its own version", BOB_GETS("arn:aws:s3:::b/bob/k") "," IDENTITY("{'Statement':{'Effect':'Deny','Action':'*','Resource':" HOME "}},"
		ALLOW_ON(HOME)), "allowed", NULL},
	{"VER-2", "... whatever their order", BOB_GETS("arn:aws:s3:::b/bob/k") "," IDENTITY(DENY_ON(HOME)
		",{'Statement':{'Effect':'Allow','Action':'*','Resource':'*'}}"), "explicit_deny", NULL},
};

#define ATOM(operator, key, value) "{'operator':'" operator "','key':'" key "','values':['" value "']}"
#define MFA		ATOM("Bool", "aws:MultiFactorAuthPresent", "true")
#define UNSURE	BOB_OWN "," UNKNOWN_CONTEXT
#define MFA_IF	"'Bool':{'aws:MultiFactorAuthPresent':'true'}"

static const Rule unknown[] = {
	{"EVAL-14", "may be met", UNSURE "," IDENTITY(ALLOW_IF(MFA_IF)), "conditional", MFA},
	{"EVAL-14", "complete, it is not", BOB_OWN "," IDENTITY(ALLOW_IF(MFA_IF)), "implicit_deny", NULL},
	{"EVAL-14", "does not matter", UNSURE "," IDENTITY(ALLOW_ALL "," ALLOW_IF(MFA_IF)), "allowed", NULL},
	{"EVAL-14", "may be denied", UNSURE "," IDENTITY(ALLOW_ALL "," DENY_IF(MFA_IF)), "conditional", "{'not':" MFA "}"},
	{"EVAL-14", "denied under either", UNSURE "," IDENTITY(ALLOW_ALL "," DENY_IF("'Null':{'k:a':'true'}") "," DENY("s3:*")), "explicit_deny", NULL},
	{"EVAL-14", "nothing allows, something may deny", UNSURE "," IDENTITY(DENY_IF(MFA_IF)), "implicit_deny", NULL},
	{"EVAL-14", "two must hold", UNSURE "," IDENTITY(ALLOW_IF(MFA_IF ",'StringEquals':{'k:a':'1'}")), "conditional",
		"{'all':[" MFA "," ATOM("StringEquals", "k:a", "1") "]}"},
	{"EVAL-14", "either will do", UNSURE "," IDENTITY(ALLOW_IF(MFA_IF) "," ALLOW_IF("'StringEquals':{'k:a':'1'}")), "conditional",
		"{'any':[" MFA "," ATOM("StringEquals", "k:a", "1") "]}"},
	{"EVAL-14", "one is known", UNSURE "," CONTEXT("'k:a':'1'") "," IDENTITY(ALLOW_IF(MFA_IF ",'StringEquals':{'k:a':'1'}")), "conditional", MFA},
	{"EVAL-14", "one is known not to hold", UNSURE "," CONTEXT("'k:a':'2'") "," IDENTITY(ALLOW_IF(MFA_IF ",'StringEquals':{'k:a':'1'}")), "implicit_deny", NULL},
	{"EVAL-14", "gates are ANDed", UNSURE "," IDENTITY(ALLOW_IF(MFA_IF)) "," BOUNDARY(ALLOW_IF("'StringEquals':{'k:a':'1'}")), "conditional",
		"{'all':[" MFA "," ATOM("StringEquals", "k:a", "1") "]}"},
	{"EVAL-14", "a direct grant stands beside them", UNSURE "," IDENTITY(ALLOW_IF(MFA_IF)) ",'block_public_access':{}," RESOURCE(DOC(STMT("Allow", "'Principal':" AWS(BOB_ARN) ","
			IF("'StringEquals':{'k:a':'1'}")))), "conditional", "{'any':[" MFA "," ATOM("StringEquals", "k:a", "1") "]}"},
	{"EVAL-14", "across accounts both", BY(BOB_ARN) "," UNKNOWN_CONTEXT "," GET_FOREIGN "," IDENTITY(ALLOW_IF(MFA_IF)) "," RESOURCE(DOC(STMT("Allow", "'Principal':" AWS(A1) ","
			IF("'StringEquals':{'k:a':'1'}")))), "conditional", "{'all':[" MFA "," ATOM("StringEquals", "k:a", "1") "]}"},
	{"EVAL-14", "two levels of SCPs", UNSURE "," ADMIN "," SCPS("[" ALLOW_IF(MFA_IF) "],[" ALLOW_IF("'StringEquals':{'k:a':'1'}") "]"), "conditional",
		"{'all':[" MFA "," ATOM("StringEquals", "k:a", "1") "]}"},
	{"EVAL-14", "a Deny of the same condition", UNSURE "," IDENTITY(ALLOW_IF(MFA_IF) "," DENY_IF(MFA_IF)), "implicit_deny", NULL},
	{"EVAL-14", "IfExists", UNSURE "," IDENTITY(ALLOW_IF("'BoolIfExists':{'aws:MultiFactorAuthPresent':'true'}")), "conditional", ATOM("BoolIfExists", "aws:MultiFactorAuthPresent", "true")},
	{"EVAL-14", "Null", UNSURE "," IDENTITY(ALLOW_IF("'Null':{'k:a':'true'}")), "conditional", ATOM("Null", "k:a", "true")},
	{"EVAL-14", "Null of either", UNSURE "," IDENTITY(ALLOW_IF("'Null':{'k:a':['true','false']}")), "allowed", NULL},
	{"EVAL-14", "an unusable value never matches", UNSURE "," IDENTITY(ALLOW_IF("'NumericEquals':{'k:a':'x'}")), "implicit_deny", NULL},
	{"EVAL-14", "derived keys are known", UNSURE "," IDENTITY(ALLOW_IF("'StringEquals':{'aws:username':'bob'}")), "allowed", NULL},
	{"EVAL-14", "... absences too", BY(S1_ARN) "," UNKNOWN_CONTEXT "," GET_OWN "," IDENTITY(ALLOW_IF("'Null':{'aws:username':'true'}")), "allowed", NULL},
	{"EVAL-14", "tags are not", UNSURE "," IDENTITY(ALLOW_IF("'StringEquals':{'aws:PrincipalTag/t':'x'}")), "conditional", ATOM("StringEquals", "aws:PrincipalTag/t", "x")},
	{"EVAL-14", "a variable is unknown", UNSURE "," ON_S3("b/${aws:PrincipalTag/t}"), "conditional", "{'resource':'arn:aws:s3:::b/${aws:PrincipalTag/t}'}"},
	{"EVAL-14", "... and cannot match", UNSURE "," ON_S3("c/${aws:PrincipalTag/t}"), "implicit_deny", NULL},
	{"EVAL-14", "a policy that could not be read", BOB_OWN "," IDENTITY("{'name':'lost','policy':null}"), "conditional", NULL},
	{"EVAL-14", "... beside one that allows may deny", BOB_OWN "," IDENTITY("{'name':'lost','policy':null}," ALLOW_ALL), "conditional", NULL},
	{"EVAL-14", "... beside one that denies", BOB_OWN "," IDENTITY("{'name':'lost','policy':null}," DENY("*")), "explicit_deny", NULL},
	{"EVAL-14", "an unread SCP", BOB_OWN "," ADMIN "," SCPS("[{'name':'lost','policy':null}]"), "conditional", NULL},
	{"EVAL-14", "an unread trust policy", BY(BOB_ARN) "," ASSUME "," ADMIN ",'resource_policy':{'name':'lost','policy':null}", "conditional", NULL},
	{"EVAL-14", "... for root changes nothing", BY(ROOT_ARN) "," ASSUME ",'resource_policy':{'name':'lost','policy':null}", "implicit_deny", NULL},
	{"S3-3", "Block Public Access is unknown", BY("anonymous") "," UNKNOWN_CONTEXT "," GET_OWN "," GRANTS("'*'"), "conditional",
		"{'not':" ATOM("Bool", "RestrictPublicBuckets", "true") "}"},
	{"S3-3", "... said to be off", BY("anonymous") "," UNKNOWN_CONTEXT ",'block_public_access':{}," GET_OWN "," GRANTS("'*'"), "allowed", NULL},
	{"SSO-3", "roles that may be reserved", BY(BOB_ARN) "," ON("iam:PutRolePolicy", "arn:aws:iam::111111111111:role/*") "," ADMIN, "conditional",
		"{'not':{'resource':'arn:*:iam::*:role/aws-reserved/*'}}"},
	{"SSO-3", "roles that are", BY(BOB_ARN) "," ON("iam:PutRolePolicy", "arn:aws:iam::111111111111:role/aws-reserved/*") "," ADMIN, "implicit_deny", NULL},
	{"KMS-10", "aliases that may be", BY(BOB_ARN) "," ON("kms:DeleteAlias", "arn:aws:kms:us-east-1:111111111111:alias/*") "," ADMIN, "conditional",
		"{'not':{'resource':'arn:*:kms:*:*:alias/aws/*'}}"},
	{"KMS-1", "keys of any region are keys", BY(ROOT_ARN) "," ON("kms:Decrypt", "arn:aws:kms:*:111111111111:key/*"), "implicit_deny", NULL},
	{"KMS-1", "... that a key policy may grant", BY(ROOT_ARN) "," ON("kms:Decrypt", "arn:aws:kms:*:111111111111:key/*") "," GRANTS(AWS(A1)), "allowed", NULL},
	{"KMS-1", "any resource of KMS may be one", BY(ROOT_ARN) "," ON("kms:Decrypt", "arn:aws:kms:*:111111111111:*"), "conditional", "{'not':{'resource':'arn:*:kms:*:*:key/*'}}"},
	{"SSO-3", "reserved roles of any account are reserved", BY(BOB_ARN) "," ON("iam:PassRole", "arn:aws:iam::*:role/aws-reserved/x") "," ADMIN, "implicit_deny", NULL},
	{"XACC-5", "any partition", BY(BOB_ARN) "," ON("s3:GetObject", "arn:*:s3:::b/k") "," ADMIN, "conditional", "{'resource':'arn:aws:*'}"},
};

/* ---- explanations ---- */

typedef struct Said
{
	const char *rule;
	const char *what;
	const char *document;
	const char *parts[6];		/* each in the explanation, ' for " */
} Said;

static const Said explanations[] = {
	{"EVAL-12", "gate, policy, statement, sid, action, resource", BOB_OWN "," IDENTITY("{'name':'p1','policy':" DOC("{'Sid':'Other','Effect':'Allow','Action':'ec2:*','Resource':'*'},"
				"{'Sid':'Get','Effect':'Allow','Action':['s3:List*','s3:Get*'],'Resource':'arn:aws:s3:::b/*'}") "}"),
		{"'decision':'allowed'", "'gate':'identity'", "'policy':'p1','statement':1,'sid':'Get','effect':'Allow'", "'action':'s3:Get*'", "'resource':'arn:aws:s3:::b/*'",
			"'blocked_by':null,'conditions':null,'missing_context':[]"}},
	{"EVAL-12", "the principal and its grade", BY(S1_ARN) "," GET_OWN "," GRANTS(AWS(APP_ARN)), {"'principal':'" APP_ARN "'", "'grade':'role'"}},
	{"EVAL-12", "the gate that stops it", BOB_OWN "," ADMIN "," BOUNDARY(ALLOW("ec2:*")), {"'blocked_by':'boundary'", "'gate':'boundary','applies':true,'verdict':'none'"}},
	{"EVAL-12", "... an SCP", BOB_OWN "," ADMIN "," SCPS("[" ALLOW_ALL "],[" ALLOW("ec2:*") "]"), {"'blocked_by':'scp'", "'gate':'scp','level':1,'applies':true,'verdict':'none'"}},
	{"EVAL-12", "... an RCP", BOB_OWN "," ADMIN "," RCPS("[" RCP_FULL "," NAMING("Deny", "'*'") "]"), {"'decision':'explicit_deny'", "'blocked_by':'rcp'"}},
	{"EVAL-12", "... the endpoint", BOB_OWN "," ADMIN "," ENDPOINT(NAMING("Allow", AWS(A2))), {"'decision':'implicit_deny'", "'blocked_by':'endpoint'"}},
	{"EVAL-12", "... the trust policy", BY(BOB_ARN) "," ASSUME "," ADMIN "," TRUSTS(AWS(A2)), {"'blocked_by':'trust'"}},
	{"EVAL-12", "... the session policy", BY(S1_ARN) "," GET_OWN "," ADMIN "," SESSIONS(ALLOW("ec2:*")), {"'blocked_by':'session'"}},
	{"EVAL-12", "... Block Public Access", BY("anonymous") "," GET_OWN "," GRANTS("'*'") ",'block_public_access':{'RestrictPublicBuckets':true}", {"'blocked_by':'block_public_access'"}},
	{"EVAL-12", "an SCP that does not apply", BOB_OWN ",'principal_in_management_account':true," ADMIN "," SCPS("[" DENY("*") "]"), {"'decision':'allowed'", "'gate':'scp','level':0,'applies':false"}},
	{"PASS-1", "a resource policy that has no say", BY(BOB_ARN) "," ON("iam:PassRole", TARGET_ARN) "," ADMIN "," RESOURCE(NAMING("Deny", "'*'")), {"'decision':'allowed'", "'gate':'resource','applies':false"}},
	{"EVAL-12", "absent keys", BOB_OWN "," IDENTITY(ALLOW_IF("'StringEquals':{'k:b':'1'},'Bool':{'aws:SecureTransport':'true'}")), {"'missing_context':['aws:SecureTransport','k:b']"}},
	{"EVAL-12", "... of variables", BY(S1_ARN) "," GET_OWN "," ON_S3("b/k") "," BOUNDARY(ALLOW_IF("'StringEquals':{'aws:username':'${k:v}'}")), {"'missing_context':['aws:username','k:v']"}},
	{"EVAL-12", "unknown keys", UNSURE "," IDENTITY(ALLOW_IF(MFA_IF)), {"'decision':'conditional'", "'missing_context':['aws:MultiFactorAuthPresent']", "'match':'unknown'", "'result':'unknown'"}},
	{"ARN-14", "the account is assumed", BY(BOB_ARN) "," ON("s3:GetObject", "arn:aws:s3:::b/k") "," ADMIN, {"'assumptions':['the resource is taken to be in the caller's account"}},
	{"ARN-14", "... not where it is given", BOB_OWN "," ADMIN, {"'assumptions':[]"}},
	{"EVAL-14", "a lost policy", BOB_OWN "," IDENTITY("{'name':'lost','policy':null}"), {"'assumptions':['a policy of kind identity (lost) is missing"}},
	{"EVAL-12", "quotes in what policies say", BOB_OWN "," IDENTITY("{'name':'a\\\\b\\u0001\\u00e9','policy':" ALLOW_ALL "}"), {"'policy':'a\\\\b\\u0001\xc3\xa9'"}},
};

static void
check_explanation(const Said *said)
{
	IamArena	arena;
	IamBuf		text;
	const char *explanation;
	const IamJson *json;
	IamError	err;

	iam_arena_init(&arena, &iam_malloc_host);
	iam_buf_init(&text, &arena);
	iam_buf_char(&text, '{');
	iam_buf_cstr(&text, said->document);
	iam_buf_cstr(&text, "}");
	iam_buf_char(&text, '\0');
	explanation = explanation_of_text(&arena, text.data);
	CHECK_RULE(iam_json_parse(&arena, (IamStr) {explanation, (uint32_t) strlen(explanation)}, 1 << 20, &json, &err),
			   said->rule, said->what);
	for (size_t i = 0; i < sizeof said->parts / sizeof said->parts[0] && said->parts[i] != NULL; i++)
	{
		IamStr		part = quoted_text(&arena, said->parts[i]);
		IamStr		have = {explanation, (uint32_t) strlen(explanation)};
		bool		found = false;

		/* an apostrophe of the sentence itself became a quote in what we look for */
		for (uint32_t at = 0; at + part.len <= have.len && !found; at++)
		{
			uint32_t	n = 0;

			while (n < part.len && (part.data[n] == have.data[at + n] || (part.data[n] == '"' && have.data[at + n] == '\'')))
				n++;
			found = n == part.len;
		}
		if (!found)
			fprintf(stderr, "no %s in %s\n", said->parts[i], explanation);
		CHECK_RULE(found, said->rule, said->what);
	}
	iam_arena_release(&arena);
}

/* ---- conditional trees hold for exactly the completions that allow ---- */

static const char *
decision_with(const char *document, const char *completion)
{
	static char text[8192];

	snprintf(text, sizeof text, "{%s%s}", document, completion);
	return decision_of_text(text);
}

/* The tree as policies: each atom is asked of the completed request by itself. */
static bool
tree_holds(const IamJson *tree, const char *completion)
{
	IamArena	arena;
	IamBuf		text;
	bool		holds;
	const IamJson *list;

	if ((list = iam_json_member(tree, "not")) != NULL)
		return !tree_holds(list, completion);
	if ((list = iam_json_member(tree, "all")) != NULL)
	{
		for (uint32_t i = 0; i < list->count; i++)
			if (!tree_holds(&list->items[i], completion))
				return false;
		return true;
	}
	if ((list = iam_json_member(tree, "any")) != NULL)
	{
		for (uint32_t i = 0; i < list->count; i++)
			if (tree_holds(&list->items[i], completion))
				return true;
		return false;
	}
	iam_arena_init(&arena, &iam_malloc_host);
	iam_buf_init(&text, &arena);
	iam_buf_cstr(&text, BOB_OWN "," "'identity_policies':[{'Version':'2012-10-17','Statement':{'Effect':'Allow','Action':'*','Resource':'*','Condition':{");
	iam_json_string(&text, iam_json_member(tree, "operator")->text);
	iam_buf_cstr(&text, ":{");
	iam_json_string(&text, iam_json_member(tree, "key")->text);
	iam_buf_cstr(&text, ":[");
	list = iam_json_member(tree, "values");
	for (uint32_t i = 0; i < list->count; i++)
	{
		iam_json_next(&text);
		iam_json_string(&text, list->items[i].text);
	}
	iam_buf_cstr(&text, "]}}}}]");
	iam_buf_char(&text, '\0');
	holds = strcmp(decision_with(text.data, completion), "allowed") == 0;
	iam_arena_release(&arena);
	return holds;
}

static void
test_completions(void)
{
	static const char *const completions[] = {
		"", ",'context':{'k:a':'1'}", ",'context':{'k:a':'2'}", ",'context':{'k:a':['1','3']}", ",'context':{'k:a':'','k:b':'x'}",
		",'context':{'k:b':'x'}", ",'context':{'k:a':'1','k:b':'x'}", ",'context':{'k:a':'2','k:b':'y'}", ",'context':{'k:a':['2'],'k:b':['x','y']}"
	};
	static const char *const documents[] = {
		BOB_OWN "," IDENTITY(ALLOW_IF("'StringEquals':{'k:a':['1','2']}") "," DENY_IF("'StringNotEqualsIfExists':{'k:b':'x'}")),
		BOB_OWN "," IDENTITY(ALLOW_IF("'ForAllValues:StringEquals':{'k:a':['1','3']}") "," DENY_IF("'Null':{'k:b':'true'}")),
		BOB_OWN "," IDENTITY(ALLOW_IF("'ForAnyValue:StringNotEquals':{'k:a':'1'}") "," ALLOW_IF("'StringLike':{'k:b':'?'},'Null':{'k:a':'true'}")),
		BOB_OWN "," ADMIN "," BOUNDARY(ALLOW_IF("'NumericGreaterThan':{'k:a':'1'}")) "," SCPS("[" ALLOW_ALL "," DENY_IF("'StringEquals':{'k:b':'y'}") "]"),
		BOB_OWN "," IDENTITY(ALLOW_IF("'StringNotEquals':{'k:a':'1'}")) "," RESOURCE(DOC(STMT("Allow", "'Principal':" AWS(BOB_ARN) ","
				IF("'StringEquals':{'k:b':'x'}")) "," STMT("Deny", "'Principal':'*'," IF("'StringEquals':{'k:a':'2','k:b':'y'}")))),
		BOB_OWN "," IDENTITY(ALLOW_IF("'StringLike':{'k:a':'${k:b}'}") "," ALLOW_IF("'StringNotLike':{'k:b':'${k:a}*'}")),
	};
	IamArena	arena;

	iam_arena_init(&arena, &iam_malloc_host);
	for (size_t d = 0; d < sizeof documents / sizeof documents[0]; d++)
	{
		char		text[4096];
		const char *explanation;
		const IamJson *json;
		IamError	err;

		snprintf(text, sizeof text, "{%s,%s}", documents[d], UNKNOWN_CONTEXT);
		explanation = explanation_of_text(&arena, text);
		CHECK(iam_json_parse(&arena, (IamStr) {explanation, (uint32_t) strlen(explanation)}, 1 << 20, &json, &err));
		CHECK_RULE(is_of_type(json, "conditions", IAM_JSON_OBJECT), "EVAL-14", documents[d]);
		for (size_t i = 0; i < sizeof completions / sizeof completions[0]; i++)
		{
			bool		allowed = strcmp(decision_with(documents[d], completions[i]), "allowed") == 0;
			bool		holds = tree_holds(iam_json_member(json, "conditions"), completions[i]);

			if (allowed != holds)
				fprintf(stderr, "%s %d %d\n", completions[i], allowed, holds);
			CHECK_RULE(allowed == holds, "EVAL-14", documents[d]);
		}
	}
	iam_arena_release(&arena);
}

int
main(void)
{
	CHECK_RULES(resources);
	CHECK_RULES(conditions);
	CHECK_RULES(variables);
	CHECK_RULES(unknown);
	for (size_t i = 0; i < sizeof explanations / sizeof explanations[0]; i++)
		check_explanation(&explanations[i]);
	test_completions();
	return checks_done();
}
