#ifndef OPSDECK_UI_H
#define OPSDECK_UI_H
int ui_version(void);
#endif
