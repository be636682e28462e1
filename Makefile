# iam: AWS IAM policies in PostgreSQL.  `make help` lists the targets.
#
# make demo, check, shell and help need nothing but make: they find out what is
# missing themselves.  Everything else is PGXS.

# ---------------------------------------------------------------- the files
# Explicit lists; `make check-lists` fails when a file on disk is in none.

EXTENSION = iam
MODULE_big = iam

CORE_OBJS = \
	src/core/action.o \
	src/core/arn.o \
	src/core/arn_intersection.o \
	src/core/arn_pattern.o \
	src/core/barred.o \
	src/core/base.o \
	src/core/base64.o \
	src/core/caller.o \
	src/core/condition.o \
	src/core/context.o \
	src/core/decide.o \
	src/core/decimal.o \
	src/core/derived_keys.o \
	src/core/effect.o \
	src/core/effect_image.o \
	src/core/explain.o \
	src/core/formula.o \
	src/core/formula_io.o \
	src/core/gates.o \
	src/core/glob.o \
	src/core/glob_relation.o \
	src/core/image.o \
	src/core/instant.o \
	src/core/json_in.o \
	src/core/json_out.o \
	src/core/kms.o \
	src/core/lowercase.o \
	src/core/network.o \
	src/core/operator.o \
	src/core/organizations.o \
	src/core/policy.o \
	src/core/policy_build.o \
	src/core/policy_check.o \
	src/core/policy_compile.o \
	src/core/policy_parse.o \
	src/core/principal.o \
	src/core/principal_match.o \
	src/core/request.o \
	src/core/request_check.o \
	src/core/request_document.o \
	src/core/request_entries.o \
	src/core/s3.o \
	src/core/validate.o \
	src/core/validate_condition.o \
	src/core/validate_principal.o \
	src/core/validate_resource.o \
	src/core/validate_statement.o \
	src/core/variable.o \
	src/core/verdict.o

PG_OBJS = \
	src/pg/arn_automaton.o \
	src/pg/arn_io.o \
	src/pg/arn_ops.o \
	src/pg/arn_pattern_io.o \
	src/pg/arn_pattern_ops.o \
	src/pg/arn_spgist.o \
	src/pg/assume.o \
	src/pg/caller.o \
	src/pg/decide.o \
	src/pg/decide_state.o \
	src/pg/effect.o \
	src/pg/enum.o \
	src/pg/error.o \
	src/pg/evaluate.o \
	src/pg/evaluate_cache.o \
	src/pg/evaluate_plans.o \
	src/pg/evaluate_tables.o \
	src/pg/explain.o \
	src/pg/facts.o \
	src/pg/graph.o \
	src/pg/graph_load.o \
	src/pg/graph_memory.o \
	src/pg/graph_names.o \
	src/pg/graph_walk.o \
	src/pg/holders.o \
	src/pg/holders_state.o \
	src/pg/host.o \
	src/pg/identity_caller.o \
	src/pg/image.o \
	src/pg/import_document.o \
	src/pg/import_members.o \
	src/pg/import_timestamp.o \
	src/pg/module.o \
	src/pg/policy_flags.o \
	src/pg/policy_gin.o \
	src/pg/policy_io.o \
	src/pg/policy_match.o \
	src/pg/policy_ops.o \
	src/pg/policy_statements.o \
	src/pg/policy_statistics.o \
	src/pg/policy_try.o \
	src/pg/policy_validate.o \
	src/pg/request.o \
	src/pg/support.o \
	src/pg/text.o

HEADER_FILES = \
	src/core/action.h \
	src/core/arn.h \
	src/core/arn_glob.h \
	src/core/base.h \
	src/core/condition.h \
	src/core/context.h \
	src/core/decide.h \
	src/core/decide_case.h \
	src/core/derived_keys.h \
	src/core/effect.h \
	src/core/explain.h \
	src/core/formula.h \
	src/core/glob.h \
	src/core/iam_core.h \
	src/core/image.h \
	src/core/json_in.h \
	src/core/json_out.h \
	src/core/operator.h \
	src/core/policy.h \
	src/core/policy_build.h \
	src/core/principal.h \
	src/core/principal_match.h \
	src/core/request.h \
	src/core/request_document.h \
	src/core/request_entries.h \
	src/core/validate.h \
	src/core/validate_rules.h \
	src/core/value.h \
	src/core/variable.h \
	src/pg/compat.h \
	src/pg/decide_state.h \
	src/pg/evaluate_tables.h \
	src/pg/graph.h \
	src/pg/holders.h \
	src/pg/iam_pg.h \
	src/pg/index.h

OBJS = $(CORE_OBJS) $(PG_OBJS)

SQL_PARTS = \
	sql/00_header.sql \
	sql/10_type_arn.sql \
	sql/11_type_arn_pattern.sql \
	sql/12_type_policy.sql \
	sql/20_evaluation_types.sql \
	sql/21_evaluation.sql \
	sql/22_holders.sql \
	sql/30_policy_functions.sql \
	sql/31_policy_try.sql \
	sql/40_quota.sql \
	sql/41_index_policy.sql \
	sql/42_index_arn.sql \
	sql/45_catalogue.sql \
	sql/46_catalogue_data.sql \
	sql/50_tables_identity.sql \
	sql/51_tables_organization.sql \
	sql/52_tables_resource.sql \
	sql/53_tables_credential.sql \
	sql/54_tables_account.sql \
	sql/55_tables_assume_edge.sql \
	sql/60_import_read.sql \
	sql/61_import_account.sql \
	sql/62_import_own_forms.sql \
	sql/63_import_resource_answers.sql \
	sql/64_import_reports.sql \
	sql/65_import_config.sql \
	sql/66_import_organization_answers.sql \
	sql/67_organization_levels.sql \
	sql/69_import.sql \
	sql/70_evaluate_tables.sql \
	sql/80_assume.sql \
	sql/81_assume_paths.sql \
	sql/82_who_can.sql \
	sql/83_which.sql \
	sql/84_effective_permissions.sql \
	sql/85_access_views.sql \
	sql/87_review_identities.sql \
	sql/88_review_trust.sql \
	sql/89_assume_graph.sql \
	sql/90_assume_graph.sql \
	sql/94_privileges.sql \
	sql/95_config_dump.sql

UPGRADES =

REGRESS_ALL = \
	10_arn \
	11_arn_pattern \
	12_policy \
	13_policy_errors \
	14_policy_soft_errors \
	20_evaluate \
	21_decide \
	22_cases \
	23_validation_cases \
	24_quota \
	25_robustness \
	26_gather_holders \
	43_gin \
	44_spgist \
	47_parallel \
	48_foreign \
	50_model \
	60_import \
	61_import_forms \
	62_import_problems \
	63_import_replace \
	64_import_answers \
	65_import_native_reports \
	66_import_config_items \
	70_evaluate_model \
	71_evaluate_sharing \
	80_who_can_assume \
	81_assumable_roles \
	82_who_can_classes \
	82_who_can_do \
	83_which_things \
	84_permissions \
	85_outside_access \
	86_agreement \
	87_review_views \
	89_assume_graph_dot \
	90_assume_closure \
	91_privileges \
	92_assume_edges \
	98_distribution \
	99_catalog

UNIT_TESTS = \
	action_test \
	arn_intersection_test \
	arn_test \
	caller_test \
	cases_test \
	condition_test \
	context_test \
	decide_test \
	effect_test \
	explain_test \
	formula_test \
	glob_test \
	policy_test \
	property_test \
	request_document_test \
	request_test \
	rules_gates_test \
	rules_principal_test \
	rules_services_test \
	rules_unknown_test \
	somebody_test \
	soundness_test \
	validate_test \
	value_test \
	variable_test

BENCHMARKS = \
	core_bench

FUZZ_TARGETS = \
	fuzz_arn \
	fuzz_condition_value \
	fuzz_glob \
	fuzz_policy_image \
	fuzz_policy_text \
	fuzz_request_document

# ---------------------------------------------------------------- settings

# Added to every compilation and link of the extension: sanitizers, coverage, -Werror.
IAM_CFLAGS =
IAM_LDFLAGS =

# The core's own tests, outside PostgreSQL.
UNIT_CFLAGS = -std=c99 -O1 -g -Wall -Wextra -Wdeclaration-after-statement -Werror
UNIT_SANITIZE = -fsanitize=address,undefined -fno-sanitize-recover=all
FUZZ_CC = clang
FUZZ_SANITIZE = -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all
SECONDS = 30

CLANG_FORMAT = clang-format

# ---------------------------------------------------------------- no need to edit below

all:

TOP := $(patsubst %/,%,$(dir $(abspath $(firstword $(MAKEFILE_LIST)))))
ifneq ($(TOP),$(CURDIR))
VPATH := $(TOP)
endif
TOOLS := $(TOP)/test/tools

EXTVERSION := $(shell sed -n "s/^default_version *= *'\(.*\)'.*/\1/p" $(TOP)/iam.control)
INSTALL_SQL = sql/iam--$(EXTVERSION).sql

PG_CONFIG ?= pg_config
PGXS := $(shell $(PG_CONFIG) --pgxs 2>/dev/null)
PG_MAJOR := $(shell $(PG_CONFIG) --version 2>/dev/null | sed 's/^[^0-9]*\([0-9]*\).*/\1/')

# A server header or jansson that is not there must not be in the way of the
# targets that install it, and pgxs.mk has a `check` of its own: it is read
# only for what needs it.
OWN_TARGETS = help demo shell check check-lists unit fuzz bench format
ifneq ($(filter-out $(OWN_TARGETS),$(or $(MAKECMDGOALS),all)),)
WANT_PGXS = yes
endif

DATA = $(UPGRADES)
DATA_built = $(INSTALL_SQL)
EXTRA_CLEAN = $(OBJS:.o=.d) .build

PG_CPPFLAGS = -I$(TOP)/src -I$(TOP)/src/core -I$(TOP)/src/pg -DIAM_VERSION='"$(EXTVERSION)"'
PG_CFLAGS = -fvisibility=hidden $(IAM_CFLAGS)
SHLIB_LINK = -ljansson $(IAM_LDFLAGS)

# PostgreSQL 15 leaves PGDLLEXPORT empty, and hides nothing by itself.
ifeq ($(PG_MAJOR),15)
PG_CPPFLAGS += -DPGDLLEXPORT='__attribute__((visibility("default")))'
# Soft errors of input functions came with 16.
REGRESS = $(filter-out 14_policy_soft_errors,$(REGRESS_ALL))
else
REGRESS = $(REGRESS_ALL)
endif

# srcdir is not known before PGXS is read.  A test's input is looked for in
# ./sql first: no test may be named like a file there (check-lists sees to it).
REGRESS_OPTS = --inputdir=$(srcdir)/test --load-extension=iam
ENCODING = UTF8
NO_LOCALE = 1

ifdef WANT_PGXS
ifneq ($(wildcard $(PGXS)),)

# The JIT's bitcode needs the clang the server was built with; go without it
# where that is not installed.
PG_CLANG := $(shell sed -n 's/^CLANG *= *//p' $(dir $(PGXS))../Makefile.global 2>/dev/null)
ifeq ($(shell command -v $(firstword $(PG_CLANG) none) 2>/dev/null),)
override with_llvm := no
endif

include $(PGXS)

# PGXS knows header dependencies only where the server was built with them.
override CFLAGS += -MMD -MP
-include $(OBJS:.o=.d)
$(OBJS:.o=.bc): $(HEADER_FILES)
$(OBJS) $(OBJS:.o=.bc): Makefile iam.control

# For builds outside the source tree, which has to be clean then.
OBJ_DIRS = $(sort $(dir $(OBJS))) sql
$(OBJS) $(OBJS:.o=.bc) $(INSTALL_SQL): | object-dirs
.PHONY: object-dirs
object-dirs:
	@mkdir -p $(OBJ_DIRS)

$(OBJS): | have-jansson
.PHONY: have-jansson
have-jansson:
	@printf '#include <jansson.h>\n' | $(CC) $(CPPFLAGS) -E - >/dev/null 2>&1 || \
		{ PG_CONFIG='$(PG_CONFIG)' $(TOOLS)/setup.sh --say; exit 1; }

else

# No server headers: say what to install.
.PHONY: all install installcheck uninstall clean check-symbols
all install installcheck uninstall check-symbols:
	@PG_CONFIG='$(PG_CONFIG)' $(TOOLS)/setup.sh --say; exit 1
clean:
	rm -rf $(OBJS) $(OBJS:.o=.bc) $(OBJS:.o=.d) iam.so $(INSTALL_SQL) .build

endif
endif

$(INSTALL_SQL): $(SQL_PARTS) Makefile
	cat $(filter-out %Makefile,$^) >$@.part && mv $@.part $@

# ---------------------------------------------------------------- the two commands

.PHONY: demo shell check
demo:
	@PG_CONFIG='$(PG_CONFIG)' $(TOOLS)/demo.sh answers
shell:
	@PG_CONFIG='$(PG_CONFIG)' $(TOOLS)/demo.sh shell
ifneq ($(if $(WANT_PGXS),$(filter check,$(MAKECMDGOALS)),yes),)
check:
	@PG_CONFIG='$(PG_CONFIG)' $(TOOLS)/check.sh
endif

# ---------------------------------------------------------------- checks

.PHONY: check-lists check-symbols docs-check
check-lists:
	@$(TOOLS)/check_lists.sh '$(TOP)' '$(INSTALL_SQL)' \
		'src/core/*.c src/pg/*.c' '$(OBJS:.o=.c)' \
		'src/core/*.h src/pg/*.h' '$(HEADER_FILES)' \
		'sql/*.sql' '$(SQL_PARTS) $(UPGRADES)' \
		'test/sql/*.sql' '$(REGRESS_ALL:%=test/sql/%.sql)' \
		'expected/*.out' '$(REGRESS_ALL:%=expected/%.out)' \
		'test/unit/*.c' '$(UNIT_TESTS:%=test/unit/%.c)' \
		'test/fuzz/*.c' '$(FUZZ_TARGETS:%=test/fuzz/%.c)' \
		'test/bench/*.c' '$(BENCHMARKS:%=test/bench/%.c)'

ifdef WANT_PGXS
ifneq ($(wildcard $(PGXS)),)
check-symbols: all
	@$(TOOLS)/check_symbols.sh $(MODULE_big)$(DLSUFFIX) '$(bindir)/postgres' $(INSTALL_SQL)
endif
endif

UNIT_PROGRAMS = $(UNIT_TESTS:%=.build/unit/%)
UNIT_CORE = $(CORE_OBJS:%=.build/unit/%)
UNIT_COMPILE = $(UNIT_CFLAGS) $(UNIT_SANITIZE) -MMD -MP -I$(TOP)/src/core -I$(TOP)/test/unit \
	-DIAM_VERSION='"$(EXTVERSION)"'

.PHONY: unit
unit: $(UNIT_PROGRAMS)
	@$(TOOLS)/run_unit.sh '$(TOP)' $(UNIT_PROGRAMS:%='$(CURDIR)/%')

.build/unit/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(UNIT_COMPILE) -c -o $@ $<
$(UNIT_PROGRAMS): .build/unit/%: .build/unit/test/unit/%.o $(UNIT_CORE)
	$(CC) $(UNIT_SANITIZE) -o $@ $^ -ljansson -lm

FUZZ_PROGRAMS = $(FUZZ_TARGETS:%=.build/fuzz/%)
FUZZ_CORE = $(CORE_OBJS:%=.build/fuzz/%)

.PHONY: fuzz
fuzz: have-clang $(FUZZ_PROGRAMS)
	@set -e; for t in $(FUZZ_TARGETS); do \
		echo "== $$t, $(SECONDS) s"; \
		mkdir -p .build/fuzz/found/$$t; \
		seeds='$(TOP)'/test/fuzz/corpus/$$t; [ -d "$$seeds" ] || seeds=; \
		.build/fuzz/$$t -max_total_time=$(SECONDS) -print_final_stats=1 -print_funcs=0 -verbosity=0 \
			-artifact_prefix=.build/fuzz/$$t- .build/fuzz/found/$$t $$seeds; \
	done

.PHONY: bench
bench:
	@PG_CONFIG='$(PG_CONFIG)' POLICIES='$(POLICIES)' ACCOUNTS='$(ACCOUNTS)' $(TOOLS)/bench.sh

.PHONY: have-clang
have-clang:
	@command -v $(FUZZ_CC) >/dev/null || \
		{ echo "make fuzz needs clang and its libFuzzer: apt-get install clang libclang-rt-dev" >&2; exit 1; }

.build/fuzz/%.o: %.c Makefile | have-clang
	@mkdir -p $(@D)
	$(FUZZ_CC) -std=c99 -O1 -g $(FUZZ_SANITIZE) -MMD -MP -I$(TOP)/src/core -DIAM_VERSION='"$(EXTVERSION)"' -c -o $@ $<
$(FUZZ_PROGRAMS): .build/fuzz/%: .build/fuzz/test/fuzz/%.o $(FUZZ_CORE)
	$(FUZZ_CC) $(FUZZ_SANITIZE) -o $@ $^ -ljansson -lm

.SECONDARY:
-include $(UNIT_CORE:.o=.d) $(UNIT_TESTS:%=.build/unit/test/unit/%.d)
-include $(FUZZ_CORE:.o=.d) $(FUZZ_TARGETS:%=.build/fuzz/test/fuzz/%.d)

.PHONY: format
format:
	@command -v $(CLANG_FORMAT) >/dev/null || \
		{ echo "make format needs clang-format: apt-get install clang-format" >&2; exit 1; }
	cd $(TOP) && $(CLANG_FORMAT) -i $(OBJS:.o=.c) $(HEADER_FILES)

.PHONY: help
help:
	@echo "The two commands (they install what is missing with apt-get, and leave nothing else behind):"
	@echo "  make demo                        imports the sample accounts and answers five questions"
	@echo "  make demo EXPORT='a.json b.json' the same on your own account exports"
	@echo "  make shell [EXPORT='…']          leaves you in psql on them"
	@echo "  make check                       every test; ends with 'N passed, N failed'"
	@echo "The ordinary ones (PG_CONFIG=… chooses the PostgreSQL):"
	@echo "  make, make install, make uninstall, make clean"
	@echo "  make installcheck                the regression tests, on a running server"
	@echo "For work on it:"
	@echo "  make unit                        the core's tests, under the address and undefined sanitizers"
	@echo "  make fuzz SECONDS=60             libFuzzer on the parsers and matchers (clang)"
	@echo "  make bench POLICIES=file         speed, as ratios to a baseline; the file has AWS's managed policies"
	@echo "             ACCOUNTS='10 1000'    and of organizations of so many accounts of 1,000 roles"
	@echo "  make check-symbols               no symbol shared with the postgres binary, no stray export"
	@echo "  make check-lists                 no file on disk that is in none of the Makefile's lists"
	@echo "  make format                      clang-format over src; the tests' tables keep their lines"
