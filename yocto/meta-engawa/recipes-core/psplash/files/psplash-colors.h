/* The booth's theme: `cloth` behind, `ink` for words. The names are psplash's. */
#ifndef _HAVE_PSPLASH_COLORS_H
#define _HAVE_PSPLASH_COLORS_H

#define PSPLASH_BACKGROUND_COLOR 0xf7, 0xf4, 0xee
#define PSPLASH_TEXT_COLOR 0x1b, 0x1e, 0x24
#define PSPLASH_BAR_COLOR 0x26, 0x4d, 0x8c
#define PSPLASH_BAR_BACKGROUND_COLOR 0xe8, 0xdc, 0xc8

#endif
