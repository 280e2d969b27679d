// A key and a certificate that signs itself, for 127.0.0.1 and localhost, made when they are needed.
#pragma once

#include <QByteArray>

namespace lares::test {

struct TestCertificate {
    QByteArray certificatePem, keyPem;
};

TestCertificate makeCertificate();

}  // namespace lares::test
