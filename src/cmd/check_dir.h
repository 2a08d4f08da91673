/*
 * Where the folder of checks lies that a command works on. Opens nothing.
 */
#ifndef OPSDECK_CMD_CHECK_DIR_H
#define OPSDECK_CMD_CHECK_DIR_H

struct cmd;

/* --dir, else checks/ of the ops repo that we are in or that --repo names, else ./checks. Heap. */
char *check_dir_own(const struct cmd *c);
/* --dir, else the checks of the program. Heap. */
char *check_dir_shipped(const struct cmd *c);
/* The runbooks beside that folder. Heap. */
char *check_dir_runbooks(const char *dir);
/* The ops repo that we are in or that --repo names; NULL when there is none. Heap. */
char *check_dir_repo(const struct cmd *c);

#endif
