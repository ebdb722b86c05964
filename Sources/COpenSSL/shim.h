#ifndef LOCALCODE_COPENSSL_SHIM_H
#define LOCALCODE_COPENSSL_SHIM_H

#include <openssl/crypto.h>
#include <openssl/rand.h>

#endif
