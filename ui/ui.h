/*
 * The screen: what main.c calls. Knows no host and no git.
 */
#ifndef OPSDECK_UI_H
#define OPSDECK_UI_H
int ui_version(void);
#endif
