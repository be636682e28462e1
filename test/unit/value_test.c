/*
 * value_test.c: operators by name and the typed values they compare
 * (GRAM-9, COND-51, COND-60..67).
 */
#include "check.h"

#include "operator.h"
#include "value.h"

static IamArena arena;

static IamStr
str(const char *s)
{
	return (IamStr) {s, (uint32_t) strlen(s)};
}

/* ---- operators ---- */

static void
test_operator_names(void)
{
	static const struct
	{
		const char *text;
		IamOperator op;			/* IAM_OP_NONE: refused */
		unsigned	flags;
		const char *rule;
	}			cases[] = {
		{"StringEquals", IAM_OP_STRING_EQUALS, 0, "GRAM-9"},
		{"stringequals", IAM_OP_STRING_EQUALS, 0, "Q-20"},
		{"ARNLike", IAM_OP_ARN_LIKE, 0, "Q-20"},
		{"IPAddress", IAM_OP_IP_ADDRESS, 0, "Q-20"},
		{"StringLikeIfExists", IAM_OP_STRING_LIKE, IAM_COND_IF_EXISTS, "GRAM-9"},
		{"ForAllValues:StringLike", IAM_OP_STRING_LIKE, IAM_COND_FOR_ALL, "GRAM-9"},
		{"ForAnyValue:StringNotEqualsIfExists", IAM_OP_STRING_NOT_EQUALS,
		IAM_COND_FOR_ANY | IAM_COND_IF_EXISTS, "GRAM-9"},
		{"foranyvalue:arnnotequals", IAM_OP_ARN_NOT_EQUALS, IAM_COND_FOR_ANY, "Q-20"},
		{"NumericGreaterThanEquals", IAM_OP_NUMERIC_GREATER_THAN_EQUALS, 0, "GRAM-9"},
		{"Null", IAM_OP_NULL, 0, "GRAM-9"},
		{"ForAnyValue:Null", IAM_OP_NULL, IAM_COND_FOR_ANY, "COND-65a"},
		{"ForAllValues:Null", IAM_OP_NULL, IAM_COND_FOR_ALL, "COND-65a"},
		{"NullIfExists", IAM_OP_NONE, 0, "GRAM-9"},
		{"nullifexists", IAM_OP_NONE, 0, "GRAM-9"},
		{"ForAnyValue:NullIfExists", IAM_OP_NONE, 0, "GRAM-9"},
		{"NotBool", IAM_OP_NONE, 0, "COND-62"},
		{"", IAM_OP_NONE, 0, "GRAM-9"},
		{"IfExists", IAM_OP_NONE, 0, "GRAM-9"},
		{"ForAnyValue:", IAM_OP_NONE, 0, "GRAM-9"},
		{"ForAnyValue:ForAllValues:StringLike", IAM_OP_NONE, 0, "GRAM-9"},
		{"StringEqualsIfExistsIfExists", IAM_OP_NONE, 0, "GRAM-9"},
		{" StringEquals", IAM_OP_NONE, 0, "GRAM-9"},
		{"StringEqual", IAM_OP_NONE, 0, "GRAM-9"}
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
	{
		IamOperator op;
		uint8_t		flags;
		bool		known = iam_operator_parse(str(cases[i].text), &op, &flags);

		CHECK_RULE(known == (cases[i].op != IAM_OP_NONE) && op == cases[i].op &&
				   flags == cases[i].flags, cases[i].rule, cases[i].text);
	}
	for (int i = IAM_OP_NONE + 1; i < IAM_OP_COUNT; i++)
	{
		const char *name = iam_operator_name((IamOperator) i);
		IamOperator op;
		uint8_t		flags;

		CHECK_RULE(iam_operator_parse(str(name), &op, &flags) && op == (IamOperator) i, "GRAM-9", name);
		CHECK_RULE(iam_operator_negated((IamOperator) i) == (strstr(name, "Not") != NULL), "COND-5", name);
	}
}

static void
test_operator_values(void)
{
	static const struct
	{
		IamOperator op;
		bool		variables;
		const char *text;
		IamValueType type;
		unsigned	flags;
		const char *rule;
	}			cases[] = {
		{IAM_OP_STRING_EQUALS, true, "a*b", IAM_VALUE_STRING, 0, "COND-50"},
		{IAM_OP_STRING_EQUALS, true, "${aws:username}", IAM_VALUE_STRING, IAM_VALUE_VARIABLE, "COND-69"},
		{IAM_OP_STRING_EQUALS, false, "${aws:username}", IAM_VALUE_STRING, 0, "VAR-9"},
		{IAM_OP_STRING_LIKE, true, "a*b", IAM_VALUE_STRING, IAM_VALUE_WILDCARD, "COND-52"},
		{IAM_OP_STRING_LIKE, true, "a", IAM_VALUE_STRING, 0, "COND-52"},
		{IAM_OP_STRING_NOT_LIKE, true, "?${aws:username}", IAM_VALUE_STRING,
		IAM_VALUE_WILDCARD | IAM_VALUE_VARIABLE, "COND-69"},
		{IAM_OP_STRING_LIKE, false, "${*}", IAM_VALUE_STRING, IAM_VALUE_WILDCARD, "VAR-9"},
		{IAM_OP_ARN_LIKE, true, "arn:aws:s3:::b*", IAM_VALUE_ARN, IAM_VALUE_WILDCARD, "COND-65"},
		{IAM_OP_ARN_EQUALS, true, "arn:aws:iam::${aws:PrincipalAccount}:root", IAM_VALUE_ARN,
		IAM_VALUE_VARIABLE, "VAR-2"},
		{IAM_OP_ARN_EQUALS, true, "arn:aws:iam::${aws:PrincipalAccount}", IAM_VALUE_UNUSABLE, 0, "COND-65a"},
		{IAM_OP_ARN_LIKE, true, "*", IAM_VALUE_UNUSABLE, 0, "COND-65a"},
		{IAM_OP_ARN_LIKE, true, "arn:aws:s3", IAM_VALUE_UNUSABLE, 0, "COND-65a"},
		{IAM_OP_NUMERIC_EQUALS, true, "10", IAM_VALUE_DECIMAL, 0, "COND-60"},
		{IAM_OP_NUMERIC_EQUALS, true, "10abc", IAM_VALUE_UNUSABLE, 0, "COND-65a"},
		{IAM_OP_NUMERIC_EQUALS, true, "${aws:username}", IAM_VALUE_UNUSABLE, 0, "COND-69"},
		{IAM_OP_DATE_EQUALS, true, "2020-01-01", IAM_VALUE_INSTANT, 0, "COND-61"},
		{IAM_OP_DATE_EQUALS, true, "yesterday", IAM_VALUE_UNUSABLE, 0, "COND-65a"},
		{IAM_OP_IP_ADDRESS, true, "10.0.0.0/8", IAM_VALUE_NETWORK, 0, "COND-64"},
		{IAM_OP_IP_ADDRESS, true, "10.0.0.0/33", IAM_VALUE_UNUSABLE, 0, "COND-65a"},
		{IAM_OP_BINARY_EQUALS, true, "QmluYXJ5", IAM_VALUE_BYTES, 0, "COND-63"},
		{IAM_OP_BINARY_EQUALS, true, "QmluYXJ", IAM_VALUE_UNUSABLE, 0, "COND-65a"},
		{IAM_OP_BOOL, true, "TRUE", IAM_VALUE_BOOL, IAM_VALUE_TRUE, "COND-62"},
		{IAM_OP_BOOL, true, "False", IAM_VALUE_BOOL, 0, "COND-62"},
		{IAM_OP_BOOL, true, "yes", IAM_VALUE_UNUSABLE, 0, "COND-65a"},
		{IAM_OP_BOOL, true, "${aws:ViaAWSService}", IAM_VALUE_STRING, IAM_VALUE_VARIABLE, "Q-13"},
		{IAM_OP_BOOL, false, "${aws:ViaAWSService}", IAM_VALUE_UNUSABLE, 0, "VAR-9"},
		{IAM_OP_NULL, true, "true", IAM_VALUE_BOOL, IAM_VALUE_TRUE, "COND-30"},
		{IAM_OP_NULL, true, "${aws:ViaAWSService}", IAM_VALUE_UNUSABLE, 0, "COND-30"}
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
	{
		IamValue	value;

		memset(&value, 0xFF, sizeof value);
		iam_operator_value(&arena, cases[i].op, str(cases[i].text), cases[i].variables, &value);
		CHECK_RULE(value.type == cases[i].type && value.flags == cases[i].flags, cases[i].rule, cases[i].text);
	}
	{
		IamValue	value;
		IamStr		data = iam_operator_value(&arena, IAM_OP_NUMERIC_EQUALS, IAM_LIT("-0012.50"), true, &value);
		IamDecimal	stored;
		IamDecimal	same;

		CHECK(data.len == sizeof stored + 4);
		memcpy(&stored, data.data, sizeof stored);
		CHECK(stored.digits.off == sizeof stored);
		CHECK(iam_decimal_parse(IAM_LIT("-12.5"), &same));
		CHECK(iam_decimal_compare(&stored, data.data, &same, "-12.5") == 0);
	}
}

/* ---- numbers ---- */

static void
test_decimals(void)
{
	/* ascending; equal spellings of one number side by side with = */
	static const char *const ascending[] = {
		"-1e100000", "-10.01", "-10", "=-1e1", "=-10.0", "-9.99", "-1", "-0.5", "=-.5", "=-5e-1",
		"-0.05", "-1e-100000", "0", "=-0", "=+0.00", "=0e5", "1e-100000", "0.05", "=5e-2", "=.05",
		"0.5", "=00.50", "0.51", "1", "=1.", "=1e0", "=+1", "=0.1E+1", "1.000000000000000000000000001",
		"9", "10", "=10.0", "=1e1", "=0010", "=100e-1", "11", "100", "1000.5", "1001",
		"9223372036854775807", "9223372036854775808", "99999999999999999999999999999999999999",
		"100000000000000000000000000000000000000", "=1e38",
		"100000000000000000000000000000000000000.1", "1e100000"
	};
	static const char *const refused[] = {
		"", " ", " 10", "10 ", "10abc", "abc", ".", "+", "-", "+.", "--1", "+-1", "0x1", "1e", "1e+",
		"e5", ".e5", "1.2.3", "1,000", "1e1.5", "1e100001", "1e-100001", "1e99999999999999999999",
		"Infinity", "NaN", "1_000", "10\n"
	};
	size_t		n = sizeof ascending / sizeof ascending[0];
	int			rank[sizeof ascending / sizeof ascending[0]];

	for (size_t i = 0; i < n; i++)
		rank[i] = i == 0 ? 0 : rank[i - 1] + (ascending[i][0] != '=');
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++)
		{
			const char *a = ascending[i] + (ascending[i][0] == '=');
			const char *b = ascending[j] + (ascending[j][0] == '=');
			int			want = rank[i] < rank[j] ? -1 : rank[i] > rank[j];
			IamDecimal	x;
			IamDecimal	y;

			CHECK_RULE(iam_decimal_parse(str(a), &x) && iam_decimal_parse(str(b), &y) &&
					   iam_decimal_compare(&x, a, &y, b) == want, "COND-67", a);
		}
	for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
	{
		IamDecimal	x;

		CHECK_RULE(!iam_decimal_parse(str(refused[i]), &x), "COND-60", refused[i]);
	}
	{
		/* as long as a document may be, exact to the last digit */
		uint32_t	len = IAM_MAX_POLICY_BYTES;
		char	   *a = malloc(len);
		char	   *b = malloc(len);
		IamDecimal	x;
		IamDecimal	y;

		memset(a, '7', len);
		memset(b, '7', len);
		b[len - 1] = '8';
		a[5] = b[5] = '.';
		CHECK_RULE(iam_decimal_parse((IamStr) {a, len}, &x) && iam_decimal_parse((IamStr) {b, len}, &y) &&
				   iam_decimal_compare(&x, a, &y, b) < 0 && iam_decimal_compare(&x, a, &x, a) == 0,
				   "COND-67", "a million digits");
		free(a);
		free(b);
	}
}

static void
test_bools(void)
{
	bool		truth;

	CHECK_RULE(iam_bool_parse(IAM_LIT("true"), &truth) && truth, "COND-62", "true");
	CHECK_RULE(iam_bool_parse(IAM_LIT("TrUe"), &truth) && truth, "COND-62", "TrUe");
	CHECK_RULE(iam_bool_parse(IAM_LIT("FALSE"), &truth) && !truth, "COND-62", "FALSE");
	CHECK_RULE(!iam_bool_parse(IAM_LIT("1"), &truth), "COND-62", "1");
	CHECK_RULE(!iam_bool_parse(IAM_LIT("true "), &truth), "COND-62", "blank");
	CHECK_RULE(!iam_bool_parse(IAM_LIT(""), &truth), "COND-62", "empty");
}

/* ---- dates ---- */

static void
test_instants(void)
{
	static const char *const ascending[] = {
		"0000", "=0000-01-01", "0001-01-01", "1582-10-15", "1900-03-01", "1969-12-31T23:59:59Z",
		"1969-12-31T23:59:59.5Z", "1970", "=0", "=1970-01", "=1970-01-01", "=1970-01-01T00:00Z",
		"=1970-01-01T00:00:00Z", "=1970-01-01T01:00:00+01:00", "=1969-12-31T22:30-01:30",
		"=00000", "=0000000000000", "1970-01-01T00:00:00.000000000000000001Z", "1", "=01",
		"=1970-01-01T00:00:01.0Z", "=0000000001000", "100", "2020", "=1577836800", "=1577836800000",
		"=2020-01-01T00:00:00Z", "=2019-12-31T19:00:00-05:00", "1577836800001",
		"=2020-01-01T00:00:00.001Z", "2020-02-29", "2020-03", "=2020-03-01", "9999-12-31T23:59:59Z",
		"999999999999999999"
	};
	static const char *const refused[] = {
		"", " ", "-1", "+5", "1577836800.5", "1e9", "20", "20-01", "2020-", "2020-1", "2020-13",
		"2020-00", "2020-01-32", "2020-01-00", "2020-04-31", "2021-02-29", "1900-02-29", "2020-01-01T",
		"2020-01-01T00:00", "2020-01-01T00:00:00", "2020-01-01T24:00Z", "2020-01-01T00:60Z",
		"2020-01-01T00:00:60Z", "2020-01-01T00Z", "2020-01-01 00:00:00Z", "2020-01-01t00:00:00z",
		"2020-01-01T00:00:00.Z", "2020-01-01T00:00.5Z", "2020-01-01T00:00:00+0100",
		"2020-01-01T00:00:00+01", "2020-01-01T00:00:00+24:00", "2020-01-01T00:00:00+01:60",
		"2020-01-01T00:00:00Zx", "2020-01-01Z", "2020/01/01", "20200101T000000Z", "2020x",
		"9999999999999999999", "2020-01-01T00:00:00Z*"
	};
	size_t		n = sizeof ascending / sizeof ascending[0];
	int			rank[sizeof ascending / sizeof ascending[0]];

	for (size_t i = 0; i < n; i++)
		rank[i] = i == 0 ? 0 : rank[i - 1] + (ascending[i][0] != '=');
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++)
		{
			const char *a = ascending[i] + (ascending[i][0] == '=');
			const char *b = ascending[j] + (ascending[j][0] == '=');
			int			want = rank[i] < rank[j] ? -1 : rank[i] > rank[j];
			IamInstant	x;
			IamInstant	y;

			CHECK_RULE(iam_instant_parse(str(a), &x) && iam_instant_parse(str(b), &y) &&
					   iam_instant_compare(&x, &y) == want, "COND-61", a);
		}
	for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
	{
		IamInstant	x;

		/* "20" and the like are epoch seconds, digits only */
		if (strcmp(refused[i], "20") == 0)
			CHECK_RULE(iam_instant_parse(str(refused[i]), &x), "Q-12", "two digits are epoch seconds");
		else
			CHECK_RULE(!iam_instant_parse(str(refused[i]), &x), "COND-61", refused[i]);
	}
	{
		/* every day from 1970 on has the number after the one before it */
		static const int days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
		int64_t		seconds = 0;
		bool		good = true;

		for (int year = 1970; year < 2405; year++)
			for (int month = 1; month <= 12; month++)
			{
				bool		leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
				int			last = days[month - 1] + (month == 2 && leap);

				for (int day = 1; day <= last; day++, seconds += 86400)
				{
					char		text[48];
					IamInstant	x;

					snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, day);
					good = good && iam_instant_parse(str(text), &x) &&
						(((uint64_t) x.seconds_high << 32) | x.seconds_low) == (uint64_t) seconds;
				}
			}
		CHECK_RULE(good, "COND-61", "435 years day by day");
	}
}

/* ---- networks ---- */

static void
test_networks(void)
{
	static const struct
	{
		const char *network;
		const char *address;
		bool		contained;
	}			cases[] = {
		{"203.0.113.0/24", "203.0.113.9", true},
		{"203.0.113.77/24", "203.0.113.9", true},
		{"203.0.113.0/24", "203.0.114.0", false},
		{"203.0.113.9", "203.0.113.9", true},
		{"203.0.113.9", "203.0.113.8", false},
		{"0.0.0.0/0", "255.255.255.255", true},
		{"0.0.0.0/0", "::1", false},
		{"::/0", "1.2.3.4", false},
		{"::/0", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", true},
		{"10.0.0.0/9", "10.127.255.255", true},
		{"10.0.0.0/9", "10.128.0.0", false},
		{"10.0.0.0/31", "10.0.0.1", true},
		{"10.0.0.0/32", "10.0.0.1", false},
		{"2001:db8::/32", "2001:DB8:1234::5", true},
		{"2001:db8::/32", "2001:db9::", false},
		{"2001:db8:1:2:3:4:5:6", "2001:db8:1:2:3:4:5:6", true},
		{"2001:db8:0:0:0:0:0:1", "2001:db8::1", true},
		{"::ffff:192.0.2.1", "::ffff:c000:201", true},
		{"::ffff:192.0.2.1", "192.0.2.1", false},
		{"192.0.2.1", "::ffff:192.0.2.1", false},
		{"1::", "1:0:0:0:0:0:0:0", true},
		{"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0", true},
		{"64:ff9b::/96", "64:ff9b::1.2.3.4", true},
		{"2001:db8::/127", "2001:db8::1", true},
		{"2001:db8::/127", "2001:db8::2", false},
		{"10.0.0.0/8", "10.1.0.0/16", true},
		{"10.1.0.0/16", "10.0.0.0/8", false}
	};
	static const char *const refused[] = {
		"", " ", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.-4", "01.2.3.4", "1.2.3.04", "1.2.3.4/",
		"1.2.3.4/33", "1.2.3.4/-1", "1.2.3.4/08", "1.2.3.4/8/8", "1.2.3.4 ", " 1.2.3.4", "1.2.3.4/255.0.0.0",
		"/8", ":", ":::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::", "g::", "1:2:3:4:5:6:7:8::",
		"::1:2:3:4:5:6:7:8", ":1::", "1::2:", "::1.2.3", "::1.2.3.4.5", "1:2:3:4:5:6:7:1.2.3.4", "fe80::1%eth0", "::/129",
		"1.2.3.4::", "*", "0x7f.1.1.1", "1..2.3"
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
	{
		IamNetwork	network;
		IamNetwork	address;

		CHECK_RULE(iam_network_parse(str(cases[i].network), &network) &&
				   iam_network_parse(str(cases[i].address), &address) &&
				   iam_network_contains(&network, &address) == cases[i].contained,
				   "COND-64", cases[i].network);
	}
	for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
	{
		IamNetwork	network;

		CHECK_RULE(!iam_network_parse(str(refused[i]), &network), "COND-64", refused[i]);
	}
}

/* ---- base64 ---- */

static void
test_base64(void)
{
	static const struct
	{
		const char *text;
		const char *bytes;
	}			cases[] = {
		{"", ""}, {"Zg==", "f"}, {"Zm8=", "fo"}, {"Zm9v", "foo"}, {"Zm9vYg==", "foob"},
		{"Zm9vYmE=", "fooba"}, {"Zm9vYmFy", "foobar"}, {"+/+/", "\xfb\xff\xbf"}
	};
	static const char *const refused[] = {
		"Z", "Zg", "Zg=", "Zg===", "=", "====", "Zg==Zg==", "Z===", "Zm9v\n", "Zm 9", "-_-_", "Zh==", "Zm9=",
		"Zg=A", "=m9v"
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
	{
		IamStr		bytes;

		CHECK_RULE(iam_base64_decode(&arena, str(cases[i].text), &bytes) &&
				   iam_str_equal(bytes, str(cases[i].bytes)) &&
				   iam_base64_valid(str(cases[i].text)) && iam_base64_equal(str(cases[i].text), bytes),
				   "COND-63", cases[i].text);
		CHECK_RULE(!iam_base64_equal(str(cases[i].text), IAM_LIT("foobarx")), "COND-63", "longer bytes");
		CHECK_RULE(!iam_base64_equal(IAM_LIT("Zm9vYmFyeA=="), str(cases[i].bytes)), "COND-63", "shorter bytes");
	}
	for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
	{
		IamStr		bytes;

		CHECK_RULE(!iam_base64_decode(&arena, str(refused[i]), &bytes) &&
				   !iam_base64_valid(str(refused[i])), "COND-63", refused[i]);
	}
}

/* ---- case ---- */

static void
test_lower(void)
{
	static const struct
	{
		const char *a;
		const char *b;
		bool		equal;
	}			cases[] = {
		{"", "", true},
		{"JohnDoe", "johndoe", true},
		{"a", "b", false},
		{"a", "ab", false},
		{"[", "{", false},
		{"\xc3\x84", "\xc3\xa4", true}, /* A and a with diaeresis */
		{"\xc3\x97", "\xc3\xb7", false},	/* multiplication and division sign */
		{"\xc3\x9f", "ss", false},	/* sharp s */
		{"\xe1\xba\x9e", "\xc3\x9f", true}, /* capital sharp s */
		{"\xc4\xb0", "i", true},	/* I with dot above */
		{"I", "\xc4\xb1", false},	/* dotless i */
		{"\xe2\x84\xaa", "K", true},	/* Kelvin sign */
		{"\xce\xa3", "\xcf\x83", true}, /* sigma */
		{"\xce\xa3", "\xcf\x82", false},	/* final sigma: lower-casing is not folding */
		{"\xd0\x96", "\xd0\xb6", true}, /* Cyrillic */
		{"\xd4\xb1", "\xd5\xa1", true}, /* Armenian */
		{"\xc4\x80", "\xc4\x81", true}, /* Latin Extended-A, in pairs */
		{"\xc4\x81", "\xc4\x82", false},
		{"\xef\xbc\xa1", "\xef\xbd\x81", true}, /* fullwidth */
		{"\xf0\x90\x90\x80", "\xf0\x90\x90\xa8", true}, /* Deseret */
		{"e\xcc\x81", "\xc3\xa9", false},	/* no normalisation */
		{"\xff", "\xff", true},
		{"\xff", "\xfe", false},
		{"\xc3", "\xc3\xa4", false}
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
	{
		CHECK_RULE(iam_str_equal_lower(str(cases[i].a), str(cases[i].b)) == cases[i].equal,
				   "COND-51", cases[i].a);
		CHECK_RULE(iam_str_equal_lower(str(cases[i].b), str(cases[i].a)) == cases[i].equal,
				   "COND-51", cases[i].b);
	}
}

int
main(void)
{
	iam_arena_init(&arena, &iam_malloc_host);
	test_operator_names();
	test_operator_values();
	test_decimals();
	test_bools();
	test_instants();
	test_networks();
	test_base64();
	test_lower();
	iam_arena_release(&arena);
	return checks_done();
}
