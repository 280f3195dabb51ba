#include "cfaiss.h"
