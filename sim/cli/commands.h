/* The program as a tree of commands. A new command is a row in commands.c and a file cmd_NAME.c that defines it. */
#ifndef LAMINA_COMMANDS_H
#define LAMINA_COMMANDS_H /* private to cli */

#include "cli/command.h"

extern const struct command lamina_program;

/* In the order of commands.c, which is the order of --help. */
extern const struct command cmd_profile;
extern const struct command cmd_profile_show;
extern const struct command cmd_profile_compare;
extern const struct command cmd_run;
extern const struct command cmd_sweep;
extern const struct command cmd_export;
extern const struct command cmd_plot;
extern const struct command cmd_report;
extern const struct command cmd_merge;
extern const struct command cmd_plan;
extern const struct command cmd_compare;
extern const struct command cmd_check;
extern const struct command cmd_explain;
extern const struct command cmd_fit;
extern const struct command cmd_validate;
extern const struct command cmd_calibrate;
extern const struct command cmd_import;
extern const struct command cmd_model;
extern const struct command cmd_infer;
extern const struct command cmd_paper;
extern const struct command cmd_record;
extern const struct command cmd_schema;
extern const struct command cmd_completion;
extern const struct command cmd_help;

#endif
